import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it, type TestContext } from 'node:test';
import { openStore } from '../../../src/companion/store/store.ts';
import { signWebhook } from '../../../src/webhooks/webhooks.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../support/companion.ts';
import { lockElsewhere } from '../../support/foreign-lock.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { until } from '../../support/until.ts';

/** Starts a companion whose writes wait this long for another program's lock. */
async function open(t: TestContext, lockWaitMs: number) {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-lock-'));
  const file = join(directory, 'shop.sqlite');
  const store = await openStore(file, { lockWaitMs });
  const shop = await startCompanion({ SBP_DATABASE_URL: `file:${file}` }, { store });
  t.after(async () => {
    await shop.stop();
    rmSync(directory, { recursive: true });
  });
  return { shop, lock: () => lockElsewhere(file) };
}

const create = (shop: TestCompanion) =>
  shop.api('/payments', { json: { order_id: 'ORD-1', amount: 125_000 } });

function report(shop: TestCompanion, paymentId: string): Promise<Response> {
  const event = 'payment.processing';
  const body = JSON.stringify({ event, payment_id: paymentId, status: 'processing' });
  const headers = { ...signWebhook({ event, deliveryId: 'd-1', body }, WEBHOOK_SECRET, Date.now()) };
  return fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body, headers });
}

/** Calls `/healthz` for this time, one call after the other. Returns the number of responses and the slowest time. */
async function health(shop: TestCompanion, ms: number): Promise<{ answers: number; slowestMs: number }> {
  const end = performance.now() + ms;
  let [answers, slowestMs] = [0, 0];
  while (performance.now() < end) {
    const since = performance.now();
    assert.equal((await fetch(`${shop.url}/healthz`)).status, 200);
    slowestMs = Math.max(slowestMs, performance.now() - since);
    answers++;
  }
  return { answers, slowestMs };
}

describe('while another program holds the write lock', () => {
  it('the process goes on, and what waits is written once the lock is gone', async (t) => {
    const { shop, lock } = await open(t, PATIENCE_MS);
    const { payment_id, token } = await shop.createPayment();
    const free = await health(shop, 2_000);
    const release = await lock();
    const waiting = [
      create(shop),
      create(shop),
      create(shop),
      report(shop, payment_id),
      shop.sandbox(payment_id, 'process'),
    ];
    const locked = await health(shop, 2_000);
    t.diagnostic(
      `/healthz: ${free.answers} answers in 2 s free (slowest ${free.slowestMs.toFixed(0)} ms), ` +
        `${locked.answers} locked (slowest ${locked.slowestMs.toFixed(0)} ms): ×${(free.answers / locked.answers).toFixed(2)}`,
    );
    // A driver that blocks the process while it waits would allow only a handful, on any machine.
    assert.ok(locked.answers > free.answers / 4, `${free.answers} answers, then ${locked.answers}`);
    assert.equal((await shop.api(`/payments/${payment_id}`)).status, 200, 'reads go on');
    assert.equal((await shop.checkout('/session', token)).status, 200, 'and payers see their payment');
    const undecided = await Promise.race([Promise.any(waiting), sleep(0, null)]);
    assert.equal(undecided, null, 'nothing is answered that is not on disk');
    await release();
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    assert.deepEqual(statuses, [201, 201, 201, 200, 200]);
  });

  it('who has waited in vain is told to come again, and nothing is acknowledged', async (t) => {
    const { shop, lock } = await open(t, 500);
    const merchant = await MerchantServer.open();
    t.after(() => merchant.close());
    const { payment_id } = await shop.createPayment({ callback_url: merchant.url });
    const release = await lock();
    for (const refused of await Promise.all([create(shop), report(shop, payment_id)])) {
      assert.equal(refused.status, 503);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.equal(((await refused.json()) as { code: string }).code, 'store_not_writable');
    }
    // Long enough for all background work to fail as well.
    await sleep(3_000);
    await release();
    assert.equal((await report(shop, payment_id)).status, 200);
    assert.equal((await create(shop)).status, 201);
    await shop.sandbox(payment_id, 'pay');
    await until(() => merchant.received.size >= 2, 'the merchant’s webhooks', PATIENCE_MS);
  });
});
