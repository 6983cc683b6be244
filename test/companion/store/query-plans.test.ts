import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../support/companion.ts';
import { bankReport } from '../../support/bank-report.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { partialIndexes, plansOf, QueryWatch, type Plan } from '../../support/query-watch.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
/** Tables with at least one row for every payment in the database. */
const GROWING =
  /\b(payments|attempts|refunds|payment_events|idempotency_keys|provider_deliveries|deliveries|sandbox_payments|attention)\b/;

/** Reads the rows in the requested order until the page is full. No condition skips rows. */
const PAGE = /^select \* from "(payments|deliveries)" order by "seq" desc limit \?$/;

/** Reads only payments with open attentions, then sorts them. Their number is small. */
const OF_OPEN_ATTENTION =
  'where "id" in (select "payment_id" from "attention" where "resolved_at" is null) order by "seq" desc limit ?';

/** Reads the rows of one payment or attempt, then sorts them. Their number is small. */
const OF_ONE_PAYMENT =
  /USING (COVERING )?INDEX \w+ \((payment_id=\?|reference=\?|reference>\? AND reference<\?)/;

let directory: string;
let shop: TestCompanion;
let merchant: MerchantServer;
let watch: QueryWatch;
let now = Date.now();

before(async () => {
  merchant = await MerchantServer.open();
  directory = mkdtempSync(join(tmpdir(), 'sbp-plans-'));
  const env = { SBP_DATABASE_URL: `file:${join(directory, 'test.sqlite')}` };
  // Migrations read whole tables, but only once.
  await (await startCompanion(env)).stop();
  watch = new QueryWatch();
  shop = await startCompanion(env, { now: () => now });
  await live();
});
after(async () => {
  watch.stop();
  await shop.stop();
  await merchant.close();
  rmSync(directory, { recursive: true });
});

/** Calls everything that a companion offers, and lets all background work run. */
async function live(): Promise<void> {
  const paid = await shop.createPayment({ callback_url: merchant.url });
  await replay();
  const { token } = await choose();
  await shop.sandbox(paid.payment_id, 'pay');
  await bankReport(shop.url, { payment_id: paid.payment_id, status: 'refunded' }, now);
  await bankReport(shop.url, { payment_id: 'pay_unknown', status: 'paid' }, now);
  const { refund_id } = (await (
    await shop.api('/refunds', { json: { payment_id: paid.payment_id, amount: 100 } })
  ).json()) as { refund_id: string };
  const renewed = await shop.createPayment();
  await shop.sandbox(renewed.payment_id, 'expire');
  await act('/renew', renewed.token);
  await act('/cancel', token);
  const short = await shop.createPayment();
  await bankReport(shop.url, { payment_id: short.payment_id, status: 'paid', amount: 1 }, now);
  await until(() => merchant.received.size > 0, 'a webhook delivered');
  for (const path of [
    '/payments',
    '/payments?limit=1',
    '/payments?status=failed',
    '/payments?order_id=ORD-1',
    '/payments?order_id=ORD-1&status=paid',
    '/payments?attention=true',
    `/payments/${paid.payment_id}`,
    `/refunds/${refund_id}`,
    '/deliveries',
    `/deliveries?payment_id=${paid.payment_id}`,
  ]) {
    const page = (await (await shop.api(path)).json()) as {
      next_cursor?: string;
      items?: { delivery_id?: string }[];
    };
    if (page.next_cursor) await shop.api(`${path}&cursor=${page.next_cursor}`);
    const delivery = page.items?.[0]?.delivery_id;
    if (delivery) await shop.api(`/deliveries/${delivery}/redeliver`, { method: 'POST' });
  }
  await shop.api(`/qrs/${renewed.qr_id}/close`, { method: 'POST' });
  await shop.checkout('/session', paid.token);
  await scrape();
  // Work that is due later: retries, expiry, late money, erasure of personal data, and a clock that is set back.
  for (const jump of [60_000, 3_600_000, 10 * DAY_MS, 2 * YEAR_MS, -2 * YEAR_MS]) {
    now += jump;
    const next = await shop.createPayment();
    await shop.sandbox(next.payment_id, 'pay');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function replay(): Promise<void> {
  const call = () =>
    shop.api('/payments', { json: { order_id: 'A', amount: 100 }, headers: { 'idempotency-key': 'k' } });
  await call();
  await call();
}

async function choose() {
  const payment = await shop.createPayment({ methods: ['sbp', 'sberpay', 'buyer_qr'] });
  for (const method of ['sbp', 'sberpay', 'buyer_qr']) await act('/method', payment.token, { method });
  return payment;
}

async function act(path: string, token: string, json: unknown = {}): Promise<void> {
  await fetch(`${shop.url}/checkout/v1/session${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
}

async function scrape(): Promise<void> {
  const { status } = await fetch(`${shop.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
  assert.equal(status, 200);
}

/** Returns the table behind an alias in a query. */
function tableOf(sql: string, name: string): string {
  return new RegExp(`"(\\w+)" as "${name}"`).exec(sql)?.[1] ?? name;
}

/** Steps whose cost grows with the number of payments. */
function growing({ sql, steps }: Plan, partial: ReadonlySet<string>): string[] {
  if (PAGE.test(sql) || sql.endsWith(OF_OPEN_ATTENTION)) return [];
  return steps.filter((step) => {
    const [, scanned, index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(step) ?? [];
    if (scanned !== undefined) {
      return GROWING.test(tableOf(sql, scanned)) && !(index !== undefined && partial.has(index));
    }
    // A search for `null` finds most of the table, unless the index is partial.
    const [, by, column] = /^SEARCH \w+ USING (?:COVERING )?INDEX (\w+) \((\w+)=\?/.exec(step) ?? [];
    if (column !== undefined && sql.includes(`"${column}" is null`)) return !partial.has(by!);
    if (!step.startsWith('USE TEMP B-TREE') || !GROWING.test(sql)) return false;
    const found = steps.filter((other) => other.startsWith('SEARCH') || other.startsWith('SCAN'));
    return !found.every((other) => OF_ONE_PAYMENT.test(other));
  });
}

describe('no question to the database', () => {
  it('reads or sorts a table that grows with every payment', (t) => {
    const plans = plansOf(shop.databaseFile, watch.statements);
    const partial = partialIndexes(shop.databaseFile);
    t.diagnostic(`${plans.length} statements`);
    assert.ok(plans.length > 80, `only ${plans.length} statements were seen`);
    assert.deepEqual(
      plans
        .map((plan) => ({ sql: plan.sql, steps: plan.steps, growing: growing(plan, partial) }))
        .filter((plan) => plan.growing.length > 0),
      [],
    );
  });

  it('goes unseen by this test', () => {
    const file = shop.databaseFile;
    const plan = (sql: string) => growing(plansOf(file, [sql])[0]!, partialIndexes(file));
    assert.deepEqual(plan('select * from payments where amount = 1'), ['SCAN payments']);
    assert.deepEqual(plan('select count(*) from "payments" as "p" where "p"."method" is null'), ['SCAN p']);
    assert.deepEqual(plan('select * from refunds order by amount').length, 2);
    assert.equal(plan('select 1 from "payments" where "paid_at" = 1 and "order_id" is null').length, 1);
    assert.deepEqual(plan('select * from payments where id = 1'), []);
  });
});
