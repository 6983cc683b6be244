import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { signWebhook } from '../../../../src/webhooks/webhooks.ts';
import { bankReport } from '../../../support/bank-report.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../../support/companion.ts';
import { StreamReader } from '../../../support/event-source.ts';
import { MerchantServer } from '../../../support/merchant-server.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 3_000;
/** Personal data of the payer. None of it may remain on the disk. */
const PERSONAL = {
  email: 'anna.karenina@example.ru',
  phone: '+79160001877',
  note: 'Tverskaya 1877, flat 7',
  reason: 'the parcel was for Vronsky',
  page: 'https://shop.example.ru/thanks?who=karenina',
};

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('retention', () => {
  let shop: TestCompanion;
  let merchant: MerchantServer;
  let openPaymentId = '';
  before(async () => {
    merchant = await MerchantServer.open();
    shop = await startCompanion({}, { settings: { retentionDays: KEPT_MS / DAY_MS } });
  });
  after(async () => {
    await shop.stop();
    await merchant.close();
  });

  const create = (fields: Record<string, unknown> = {}) =>
    shop.createPayment({
      customer: { email: PERSONAL.email, phone: PERSONAL.phone },
      metadata: { address: PERSONAL.note },
      description: `For ${PERSONAL.note}`,
      return_url: PERSONAL.page,
      callback_url: merchant.url,
      ...fields,
    });

  it('erases who paid and keeps what was paid, closes the open page and its token', async () => {
    const json = { order_id: 'A', amount: 500, customer: { email: PERSONAL.email } };
    const headers = { 'idempotency-key': 'k1' };
    await shop.api('/payments', { json, headers });
    const { payment_id, token } = await create({ qr: { format: 'svg' } });
    await shop.sandbox(payment_id, 'pay');
    await shop.api('/refunds', { json: { payment_id, amount: 25_000, reason: PERSONAL.reason } });
    // The provider's texts may name the payer.
    const body = JSON.stringify({
      event: 'payment.paid',
      payment_id,
      status: 'paid',
      amount: 125_000,
      phone: PERSONAL.phone,
    });
    const signature = signWebhook(
      { event: 'payment.paid', deliveryId: 'own-words', body },
      WEBHOOK_SECRET,
      Date.now(),
    );
    await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body, headers: { ...signature } });
    await until(() => Promise.resolve(merchant.received.size === 2), 'both webhooks delivered');

    const open = await create({ expires_in: 3600 });
    const streams = await Promise.all([token, open.token].map((token) => StreamReader.open(shop.url, token)));
    await Promise.all(streams.map((stream) => stream.until(({ snapshots }) => snapshots.length === 1)));
    await until(
      async () => (await shop.checkout('/session', token)).status === 401,
      'the token opens nothing',
    );
    const pace = Pace.start();
    const since = performance.now();
    await streams[0]!.ended;
    assert.ok(performance.now() - since < pace.stretch(1_000), 'its open page is closed within a second');
    assert.equal((await shop.checkout('/session/events', token)).status, 401);
    assert.equal((await shop.checkout('/session', open.token)).status, 200, 'what can still be paid stays');
    await shop.sandbox(open.payment_id, 'process');
    await streams[1]!.until(({ snapshots }) => snapshots.at(-1)!.status === 'processing');
    streams[1]!.stop();
    openPaymentId = open.payment_id;

    const kept = (await (await shop.api(`/payments/${payment_id}`)).json()) as Record<string, unknown>;
    assert.deepEqual(
      [kept['amount'], kept['refunded_amount'], kept['status'], kept['order_id']],
      [125_000, 25_000, 'partial_refunded', 'ORD-1'],
    );
    assert.deepEqual([kept['metadata'], kept['description'], kept['return_url']], [{}, null, null]);
    const events = kept['events'] as { event: string }[];
    assert.equal(events.at(-1)!.event, 'payment.erased');

    const { items } = (await (await shop.api(`/deliveries?payment_id=${payment_id}`)).json()) as {
      items: { delivery_id: string }[];
    };
    const again = await shop.api(`/deliveries/${items[0]!.delivery_id}/redeliver`, { method: 'POST' });
    assert.equal(again.status, 409);
    assert.equal(((await again.json()) as { code: string }).code, 'delivery_erased');
    assert.equal((await shop.api('/payments', { json, headers })).headers.get('idempotency-replayed'), null);
  });

  it('spares a payment that a person still has to look at, until someone has', async () => {
    const odd = await startCompanion({}, { settings: { retentionDays: KEPT_MS / DAY_MS } });
    const customer = { email: PERSONAL.email };
    const [doubted, other] = [await odd.createPayment({ customer }), await odd.createPayment({ customer })];
    for (const { payment_id } of [doubted, other]) await odd.sandbox(payment_id, 'pay');
    await bankReport(odd.url, { payment_id: doubted.payment_id, status: 'failed' });
    const opens = async (token: string) => (await odd.checkout('/session', token)).status === 200;
    await until(async () => !(await opens(other.token)), 'the other is erased');
    assert.ok(await opens(doubted.token));
    const path = `/payments/${doubted.payment_id}`;
    const { attention } = (await (await odd.api(path)).json()) as { attention: { attention_id: string }[] };
    const json = { outcome: 'money_in' };
    await odd.api(`${path}/attention/${attention[0]!.attention_id}/resolve`, { json });
    await until(async () => !(await opens(doubted.token)), 'erased once it is resolved');
    await odd.stop();
  });

  it('leaves nothing of it on the disk', async () => {
    const { items } = (await (await shop.api('/payments?status=created')).json()) as {
      items: { payment_id: string }[];
    };
    for (const id of [openPaymentId, ...items.map(({ payment_id }) => payment_id)])
      await shop.sandbox(id, 'pay');
    const database = new DatabaseSync(shop.databaseFile, { timeout: 5_000 });
    const left = database.prepare('select count(*) as n from payments where erased_at is null');
    await until(() => Promise.resolve(left.get()!['n'] === 0), 'every payment erased');
    // Earlier writes remain in the log until SQLite copies them into the database.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const bytes = await readFile(shop.databaseFile);
    for (const [what, text] of Object.entries(PERSONAL)) {
      assert.equal(bytes.includes(text), false, `${what} is still in the file`);
    }
    assert.ok(bytes.includes('payment.erased'), 'the history is kept');
  });
});
