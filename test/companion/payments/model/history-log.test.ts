import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import { logAfterCommit, withHistoryLog } from '../../../../src/companion/payments/model/history-log.ts';
import { openStore } from '../../../../src/companion/store/store.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { until } from '../../../support/until.ts';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly payment_id?: string;
  readonly [field: string]: unknown;
}

interface HistoryEvent {
  readonly event: string;
  readonly status: string;
  readonly version: number;
  readonly source: string;
  readonly note: string | null;
}

const INFO = 30;
const WARN = 40;

const linesOf = (shop: TestCompanion, paymentId: string) =>
  shop
    .logs()
    .split('\n')
    .filter((line) => line.includes(`"payment_id":"${paymentId}"`))
    .map((line) => JSON.parse(line) as LogLine);

async function eventsOf(shop: TestCompanion, paymentId: string): Promise<HistoryEvent[]> {
  const response = await shop.api(`/payments/${paymentId}`);
  return ((await response.json()) as { events: HistoryEvent[] }).events;
}

async function start(t: TestContext): Promise<TestCompanion> {
  const shop = await startCompanion();
  t.after(() => shop.stop());
  return shop;
}

async function act(shop: TestCompanion, path: string, token: string, json: unknown = {}): Promise<void> {
  const { status } = await fetch(`${shop.url}/checkout/v1/session${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  assert.equal(status, 200, path);
}

/** Asserts that the log has each line of the history, in order, and no warning. Returns the events. */
async function assertToldCalmly(shop: TestCompanion, paymentId: string): Promise<HistoryEvent[]> {
  let events: HistoryEvent[] = [];
  let logged: LogLine[] = [];
  // A line may be added between the two reads.
  await until(async () => {
    events = await eventsOf(shop, paymentId);
    logged = linesOf(shop, paymentId);
    return logged.filter(({ msg }) => msg === 'payment event').length === events.length;
  }, 'a log line for each event');
  assert.deepEqual(
    logged
      .filter(({ msg }) => msg === 'payment event')
      .map(({ event, status_after: status, version, source, note }) => ({
        event,
        status,
        version,
        source,
        note,
      })),
    events.map(({ event, status, version, source, note }) => ({ event, status, version, source, note })),
  );
  assert.deepEqual(
    logged.filter(({ level }) => level > INFO),
    [],
  );
  return events;
}

describe("a payment's story in the log", () => {
  it('has its creation, each choice, offer and replaced code, and its money, at info', async (t) => {
    const shop = await start(t);
    const { payment_id, token } = await shop.createPayment({ methods: ['sbp', 'sberpay', 'buyer_qr'] });
    for (const method of ['sbp', 'sberpay', 'buyer_qr', 'sbp']) await act(shop, '/method', token, { method });
    await shop.sandbox(payment_id, 'process');
    await shop.sandbox(payment_id, 'pay');
    // The provider's reports about the replaced codes come later.
    await until(
      () => linesOf(shop, payment_id).some(({ note }) => note === 'replaced_attempt'),
      'a closed code',
    );
    const events = await assertToldCalmly(shop, payment_id);
    assert.deepEqual(
      [...new Set(events.filter(({ note }) => note === null).map(({ event }) => event))].sort(),
      ['method.chosen', 'payment.created', 'payment.offered', 'payment.paid', 'payment.processing'],
    );
  });

  it('has an expiry, a renewal, and a refund from its beginning to its end', async (t) => {
    const shop = await start(t);
    const { payment_id, token } = await shop.createPayment();
    await shop.sandbox(payment_id, 'expire');
    await act(shop, '/renew', token);
    await shop.sandbox(payment_id, 'pay');
    const response = await shop.api('/refunds', { json: { payment_id, amount: 100 } });
    const { refund_id } = (await response.json()) as { refund_id: string };
    await until(() => linesOf(shop, payment_id).some(({ msg }) => msg === 'refund settled'), 'its end');
    const events = await assertToldCalmly(shop, payment_id);
    for (const name of ['payment.expired', 'payment.renewed', 'refund.succeeded']) {
      assert.ok(
        events.some(({ event }) => event === name),
        name,
      );
    }
    const refunds = linesOf(shop, payment_id).filter((line) => line['refund_id'] === refund_id);
    assert.deepEqual(
      refunds.map(({ msg, level, amount }) => [msg, level, amount]),
      [
        ['refund begun', INFO, 100],
        ['refund settled', INFO, 100],
      ],
    );
  });
});

describe('a line that waits for its commit', () => {
  async function store(t: TestContext) {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-history-'));
    const lines: LogLine[] = [];
    const faults: number[] = [];
    const log = pino(
      { level: 'trace' },
      { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) },
    );
    const inner = await openStore(join(directory, 'test.sqlite'));
    t.after(async () => {
      await inner.close();
      rmSync(directory, { recursive: true });
    });
    return { lines, inner, logged: withHistoryLog(inner, log, () => void faults.push(1)), faults };
  }
  const line = (message: string, level: 'info' | 'warn' = 'info') => ({ level, fields: {}, message });

  it('is logged after the commit, and not at all if its write is undone', async (t) => {
    const { lines, logged, faults } = await store(t);
    const results = await Promise.allSettled([
      logged.write(async (trx) => {
        logAfterCommit(trx, line('one', 'warn'));
        await Promise.resolve();
        assert.deepEqual(lines, [], 'nothing is on disk yet');
      }),
      logged.write((trx) => {
        logAfterCommit(trx, line('undone'));
        return Promise.reject(new Error('refused'));
      }),
      logged.write((trx) => {
        logAfterCommit(trx, line('two'));
        return Promise.resolve();
      }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(
      lines.map(({ msg, level }) => [msg, level]),
      [
        ['one', WARN],
        ['two', INFO],
      ],
    );
    assert.equal(faults.length, 0, 'a write that undoes itself is no fault');
  });

  it('is not logged if the disk does not take the commit', async (t) => {
    const { lines, logged, faults } = await store(t);
    await logged.write(async (trx) => {
      const { rows } = await sql<{ pageCount: number }>`pragma page_count`.execute(trx);
      await sql`pragma max_page_count = ${sql.lit(rows[0]!.pageCount + 4)}`.execute(trx);
    });
    const row = (key: string, bytes: number) => ({
      key,
      bodyHash: '',
      resourceId: '',
      responseJson: 'x'.repeat(bytes),
      createdAt: 0,
    });
    const kept = (key: string, bytes: number) =>
      logged.write(async (trx) => {
        logAfterCommit(trx, line(key));
        await trx.insertInto('idempotencyKeys').values(row(key, bytes)).execute();
      });
    const results = await Promise.allSettled([kept('small', 10), kept('large', 100_000)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(lines, []);
    assert.equal(faults.length, 2, 'each that was lost is counted');
  });
});
