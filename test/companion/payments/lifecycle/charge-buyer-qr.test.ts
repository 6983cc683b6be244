import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, it } from 'node:test';
import { SberbankSimulator } from '../../../../demo/simulators/sberbank.ts';
import type { Fault } from '../../../../demo/simulators/simulator.ts';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { CompanionProcess } from '../../../support/companion-process.ts';
import {
  startCompanion,
  type apiClient,
  type CreatedPayment,
  type TestCompanion,
} from '../../../support/companion.ts';
import { MerchantServer } from '../../../support/merchant-server.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { TlsGate, pem } from '../../../support/tls-gate.ts';
import { honest, UpstreamProxy } from '../../../support/upstream-proxy.ts';

const CODE =
  'https://sberbank.ru/qr/?ClientIdQr=40ac47c5ed7944cf8e0775a398552f2c&HashId=5c10bb41a07cbc4e&TimeStamp=1592558245&online';
const PAY = '/prod/qr/bscanc/v1/pay';
const STATUS = '/prod/qr/order/v3/status';

type Client = ReturnType<typeof apiClient>;
interface Shown extends CreatedPayment {
  readonly events: readonly { event: string; note: string | null; status: string }[];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const create = (shop: Pick<Client, 'createPayment'>, fields: Record<string, unknown> = {}) =>
  shop.createPayment({ methods: ['buyer_qr'], ...fields });
const read = async (shop: Pick<Client, 'api'>, id: string) =>
  (await (await shop.api(`/payments/${id}`)).json()) as Shown;
const sessionOf = async (shop: Pick<Client, 'checkout'>, token: string) =>
  (await (await shop.checkout('/session', token)).json()) as Snapshot;

async function scan(shop: Pick<Client, 'url'>, token: string, payload = CODE) {
  const response = await fetch(`${shop.url}/checkout/v1/session/buyer-qr`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ payload }),
  });
  return { status: response.status, text: await response.text() };
}

/** Waits until the payment has this status. Returns the time taken, ms. */
async function until(
  shop: Pick<Client, 'api'>,
  id: string,
  status: string,
  withinMs = PATIENCE_MS,
): Promise<number> {
  const since = Date.now();
  for (;;) {
    const payment = await read(shop, id);
    if (payment.status === status) return Date.now() - since;
    assert.ok(Date.now() - since < withinMs, `${id} is ${payment.status}, not ${status}`);
    await pause(20);
  }
}

describe('a code scanned for Sberbank', () => {
  let bank: SberbankSimulator;
  let shop: TestCompanion;
  let merchant: MerchantServer;
  before(async () => {
    bank = new SberbankSimulator();
    await bank.listen();
    shop = await startCompanion(bank.env());
    merchant = await MerchantServer.open();
  });
  afterEach(() => {
    bank.fault = null;
  });
  after(async () => {
    await shop.stop();
    await bank.close();
    await merchant.close();
  });

  const scanned = async (payload = CODE, fields: Record<string, unknown> = {}) => {
    const payment = await create(shop, fields);
    const { status, text } = await scan(shop, payment.token, payload);
    assert.equal(status, 200, text);
    return { ...payment, snapshot: JSON.parse(text) as Snapshot };
  };
  const calls = (path: string) => bank.calls.filter((call) => call.path === path);
  /** Returns the scanned code of a payment in the database. */
  const storedCode = (id: string) => {
    const db = new DatabaseSync(shop.databaseFile, { readOnly: true });
    try {
      return db.prepare('SELECT charge_payload FROM payments WHERE id = ?').get(id)!['charge_payload'];
    } finally {
      db.close();
    }
  };

  it('is processing first, and paid soon after the bank reports it', async () => {
    const payment = await create(shop);
    const page = await sessionOf(shop, payment.token);
    assert.deepEqual([page.presentation, page.status], [{ kind: 'scan' }, 'created']);
    assert.equal(bank.calls.length, 0, 'the bank is not asked before there is a code');
    assert.equal((await scan(shop, payment.token)).status, 200);
    assert.equal((await read(shop, payment.payment_id)).status, 'processing');
    for (const waitMs of [0, 1_300, 3_100]) {
      const pace = Pace.start();
      const next = waitMs === 0 ? payment : await scanned();
      await pause(waitMs);
      await bank.act(next.payment_id, 'pay');
      const noticed = await until(shop, next.payment_id, 'paid');
      assert.ok(noticed < pace.stretch(3_000), `noticed after ${noticed} ms`);
    }
  });

  it('is polled at growing intervals while the bank decides', async () => {
    const { payment_id } = await scanned();
    const asked = () => calls(STATUS).filter(({ body }) => body.includes(payment_id)).length;
    await pause(5_000);
    const early = asked();
    assert.ok(early >= 2 && early <= 4, `${early} questions in 5 s`);
    await pause(6_000);
    assert.ok(asked() - early <= 2, `${asked() - early} more in 6 s`);
    await bank.act(payment_id, 'decline');
    await until(shop, payment_id, 'failed');
    const done = asked();
    await pause(2_000);
    assert.equal(asked(), done, 'and never again once it is over');
  });

  it('is paid at once if the bank decides at once', async () => {
    const { snapshot } = await scanned('atonce');
    assert.equal(snapshot.status, 'paid');
  });

  it('fails when the bank declines it, and only the log has the reason', async () => {
    const { snapshot } = await scanned(`${CODE}&decline`);
    assert.equal(snapshot.status, 'failed');
    assert.doesNotMatch(JSON.stringify(snapshot), /not enough|response/);
    assert.match(shop.logs(), /"detail":"response 51: not enough money"/);
  });

  it('can be replaced after a code that the bank does not know', async () => {
    const payment = await create(shop);
    const refused = await scan(shop, payment.token, `${CODE}&unknown`);
    assert.equal(refused.status, 422);
    const { errors } = JSON.parse(refused.text) as { errors: { path: string }[] };
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['payload'],
    );
    assert.doesNotMatch(refused.text, /050000|Данные/, 'a word for the operator');
    const page = await sessionOf(shop, payment.token);
    assert.deepEqual([page.status, page.presentation.kind], ['created', 'scan']);
    assert.ok(page.actions.includes('buyer_qr'));
    assert.equal((await scan(shop, payment.token)).status, 200);
    await bank.act(`${payment.payment_id}-2`, 'pay');
    await until(shop, payment.payment_id, 'paid');
  });

  it('is not paid while the money is only authorized', async () => {
    const { payment_id } = await scanned();
    bank.states.set(payment_id, 'AUTHORIZED');
    await pause(1_500);
    assert.equal((await read(shop, payment_id)).status, 'processing');
    bank.states.set(payment_id, 'CONFIRMED');
    await until(shop, payment_id, 'paid');
  });

  for (const kind of ['hang-up', 'drop-answer', 'half-answer', 'page', 'status-500', 'status-429'] as const) {
    it(`is charged once when the bank answers by ${kind}`, async () => {
      const payment = await create(shop);
      await scanUnder(kind, payment);
      await until(shop, payment.payment_id, 'processing');
      await bank.act(payment.payment_id, 'pay');
      await until(shop, payment.payment_id, 'paid');
      const uids = calls(PAY)
        .filter(({ body }) => body.includes(payment.payment_id))
        .map(({ body }) => (JSON.parse(body) as { rq_uid: string }).rq_uid);
      assert.equal(new Set(uids).size, 1, 'every call names the same order');
      const orders = [...bank.bills.keys()].filter((reference) => reference.startsWith(payment.payment_id));
      assert.deepEqual(orders, [payment.payment_id]);
    });
  }

  /** Scans a code while three calls fail: all tries of the payment, unless a call for the access token takes one. */
  async function scanUnder(kind: Fault, { token, payment_id }: CreatedPayment): Promise<void> {
    bank.fault = { kind, left: 3 };
    assert.equal((await scan(shop, token)).status, 200);
    const page = await sessionOf(shop, token);
    if (page.status === 'created') {
      assert.deepEqual(page.actions, [], 'it cannot be called back, nor another one scanned');
      assert.equal(storedCode(payment_id), CODE);
    }
  }

  it('is charged with a new access token after the bank revoked the old one', async () => {
    bank.revokeTokens();
    const { snapshot } = await scanned('atonce');
    assert.equal(snapshot.status, 'paid');
  });

  it('is not paid by another amount, which is reported to the merchant', async () => {
    const { payment_id } = await scanned(CODE, { callback_url: merchant.url });
    bank.sums.set(payment_id, 124_999);
    await bank.act(payment_id, 'pay');
    const attention = () =>
      [...merchant.received.values()].find(
        ({ event, payload }) => event === 'payment.attention' && payload['payment_id'] === payment_id,
      );
    for (const deadline = Date.now() + PATIENCE_MS; !attention() && Date.now() < deadline;) await pause(50);
    assert.equal(attention()?.payload['reason'], 'amount_mismatch');
    assert.equal(attention()?.payload['reported_amount'], 124_999);
    assert.equal((await read(shop, payment_id)).status, 'processing');
  });

  it('is deleted everywhere after the bank’s answer', async () => {
    for (const payload of [CODE, `${CODE}&decline`, `${CODE}&unknown`]) {
      const payment = await create(shop);
      await scan(shop, payment.token, payload);
      assert.equal(storedCode(payment.payment_id), null, payload);
    }
    const tables = new DatabaseSync(shop.databaseFile, { readOnly: true });
    for (const { name } of tables.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
      for (const row of tables.prepare(`SELECT * FROM "${String(name)}"`).all()) {
        assert.doesNotMatch(JSON.stringify(row), /ClientIdQr|40ac47c5/, String(name));
      }
    }
    tables.close();
    const tokens = calls('/prod/tokens/v3/oauth').length;
    assert.ok(tokens > 0);
    const log = shop.logs();
    assert.doesNotMatch(log, /ClientIdQr|40ac47c5|5c10bb41|Bearer/);
    assert.ok(!log.includes(bank.env()['SBP_SBERBANK_CLIENT_SECRET']!));
  });

  it('cannot be refunded, and its payment can be canceled before a scan', async () => {
    const { payment_id } = await scanned('atonce');
    const refund = await shop.api('/refunds', { json: { payment_id } });
    assert.equal(refund.status, 409);
    const open = await create(shop);
    const canceled = await shop.api(`/payments/${open.payment_id}/cancel`, { method: 'POST' });
    assert.equal(((await canceled.json()) as Shown).status, 'canceled');
  });
});

describe('Sberbank', () => {
  it('takes a payment with a client certificate', async () => {
    const bank = new SberbankSimulator({ paysAfterMs: 200 });
    const gate = await TlsGate.open(await bank.listen());
    const shop = await startCompanion({
      ...bank.env(),
      SBP_SBERBANK_URL: gate.url,
      SBP_SBERBANK_CERT: pem('client'),
      SBP_SBERBANK_KEY: pem('client-key'),
      SBP_SBERBANK_CA: pem('ca'),
    });
    try {
      const payment = await create(shop);
      assert.equal((await scan(shop, payment.token)).status, 200);
      await until(shop, payment.payment_id, 'paid');
      assert.deepEqual(new Set(gate.callers), new Set(['test shop']));
    } finally {
      await shop.stop();
      await gate.close();
      await bank.close();
    }
  });

  it('that is down keeps the payment waiting, and charges once when it is back', async () => {
    const bank = new SberbankSimulator({ paysAfterMs: 200 });
    const proxy = await UpstreamProxy.start(await bank.listen());
    const shop = await startCompanion({ ...bank.env(), SBP_SBERBANK_URL: proxy.url });
    try {
      proxy.trick = (_call, response) => response.destroy();
      const payment = await create(shop);
      assert.equal((await scan(shop, payment.token)).status, 200);
      const page = await sessionOf(shop, payment.token);
      assert.deepEqual([page.status, page.presentation.kind, page.actions], ['created', 'scan', []]);
      assert.equal((await scan(shop, payment.token)).status, 409);
      proxy.trick = honest;
      await until(shop, payment.payment_id, 'paid');
      assert.deepEqual([...bank.bills.keys()], [payment.payment_id]);
    } finally {
      await shop.stop();
      proxy.stop();
      await bank.close();
    }
  });

  it('has one order after the companion was killed before the answer', async () => {
    const bank = new SberbankSimulator();
    const proxy = await UpstreamProxy.start(await bank.listen());
    const shop = await CompanionProcess.start({ ...bank.env(), SBP_SBERBANK_URL: proxy.url });
    try {
      const payment = await create(shop.client);
      const taken = new Promise<void>((resolve) => {
        proxy.trick = async (call, response, pass) => {
          if (call.path !== PAY) return honest(call, response, pass);
          await pass();
          resolve();
        };
      });
      const answer = scan(shop.client, payment.token).catch(() => null);
      await taken;
      await shop.kill();
      await answer;
      assert.equal(bank.bills.size, 1);
      proxy.trick = honest;
      await shop.start();
      await until(shop.client, payment.payment_id, 'processing');
      await bank.act(payment.payment_id, 'pay');
      await until(shop.client, payment.payment_id, 'paid');
      assert.deepEqual([...bank.bills.keys()], [payment.payment_id]);
      assert.ok(bank.calls.filter(({ path }) => path === PAY).length >= 2, 'it was asked again');
      assert.ok(!shop.output.includes('ClientIdQr'));
    } finally {
      await shop.stop();
      proxy.stop();
      await bank.close();
    }
  });
});
