import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore } from '../../src/companion/store/store.ts';
import { bankReport } from '../support/bank-report.ts';
import { startCompanion } from '../support/companion.ts';
import { lockElsewhere } from '../support/foreign-lock.ts';
import { metric } from '../support/metric.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

/** Returns a pattern for a series with labels. */
const series = (text: string) => text.replaceAll('{', '\\{').replaceAll('}', '\\}');

describe('sbp_refused_requests_total', () => {
  it('counts each 401 and 429 at the door where it was', async (t) => {
    const shop = await startCompanion({ SBP_RATE_LIMIT: '20' });
    t.after(() => shop.stop());
    const seen = new Map<string, number>();
    const knock = async (routes: string, path: string, method = 'GET') => {
      const headers = { authorization: 'Bearer guess' };
      const { status } = await fetch(shop.url + path, { method, headers });
      const name = `sbp_refused_requests_total{routes="${routes}",status="${status}"}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    };
    const knockAll = async () => {
      await knock('merchant', '/api/sbp/v1/payments');
      await knock('merchant', '/api/sbp/v1/banks');
      await knock('checkout', '/checkout/v1/session');
      await knock('metrics', '/metrics');
    };
    await knockAll();
    assert.deepEqual(Object.fromEntries(seen), {
      'sbp_refused_requests_total{routes="merchant",status="401"}': 2,
      'sbp_refused_requests_total{routes="checkout",status="401"}': 1,
      'sbp_refused_requests_total{routes="metrics",status="401"}': 1,
    });
    for (let n = 0; n < 20; n++) await knockAll();
    // Allowances refill with time, so the numbers of 401 and 429 vary. The counters must equal the responses.
    assert.ok(seen.get('sbp_refused_requests_total{routes="merchant",status="429"}')! > 0);
    for (const [name, count] of seen) assert.equal(await metric(shop.url, series(name)), count, name);
  });
});

describe('sbp_failed_commits_total', () => {
  it('counts each write that a lock has kept from being committed', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-commits-'));
    const file = join(directory, 'shop.sqlite');
    const store = await openStore(file, { lockWaitMs: 100 });
    const shop = await startCompanion({ SBP_DATABASE_URL: `file:${file}` }, { store });
    t.after(async () => {
      await shop.stop();
      rmSync(directory, { recursive: true });
    });
    const create = async () =>
      (await shop.api('/payments', { json: { order_id: 'A', amount: 10_000 } })).status;
    // After this, the write of the start has finished as well.
    assert.equal(await create(), 201);
    const failed = () => metric(shop.url, 'sbp_failed_commits_total');
    assert.equal(await failed(), 0);
    const release = await lockElsewhere(file);
    assert.deepEqual([await create(), await create()], [503, 503]);
    assert.equal(await failed(), 2);
    await release();
    assert.equal(await create(), 201);
    assert.equal(await failed(), 2);
  });
});

describe('sbp_attention_open', () => {
  it('counts what a person should look at, by reason, until it is resolved', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { payment_id } = await shop.createPayment();
      await bankReport(shop.url, { payment_id, status: 'paid', amount: 1 });
      ids.push(payment_id);
    }
    const open = () => metric(shop.url, series('sbp_attention_open{reason="amount_mismatch"}'));
    assert.equal(await open(), 2);
    const { attention } = (await (await shop.api(`/payments/${ids[0]}`)).json()) as {
      attention: { attention_id: string }[];
    };
    const { status } = await shop.api(`/payments/${ids[0]}/attention/${attention[0]!.attention_id}/resolve`, {
      json: { outcome: 'no_money' },
    });
    assert.equal(status, 200);
    assert.equal(await open(), 1);
  });
});

describe('the gauges of refunds', () => {
  it('count those that are pending and failed, and tell the age of the oldest', async (t) => {
    let ahead = 0;
    const provider = new ScriptedProvider();
    const shop = await startCompanion(
      {},
      { now: () => Date.now() + ahead, providers: { sandbox: provider } },
    );
    t.after(() => shop.stop());
    const { payment_id } = await shop.createPayment();
    for (const payment of provider.created.values()) payment.status = 'paid';
    const paid = async () =>
      ((await (await shop.api(`/payments/${payment_id}`)).json()) as { status: string }).status === 'paid';
    await until(paid, 'the question about it', PATIENCE_MS);
    const refund = (amount: number) => shop.api('/refunds', { json: { payment_id, amount } });
    provider.refusesRefunds = true;
    await refund(100);
    provider.refusesRefunds = false;
    provider.down = 'after';
    await refund(200);
    await refund(300);
    ahead = 100_000;
    assert.equal(await metric(shop.url, 'sbp_refunds_failed'), 1);
    assert.equal(await metric(shop.url, 'sbp_refunds_pending'), 2);
    assert.ok((await metric(shop.url, 'sbp_refunds_oldest_pending_seconds')) >= 100);
  });
});
