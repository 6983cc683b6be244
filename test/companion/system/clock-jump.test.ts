import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { until } from '../../support/until.ts';
import { UpstreamBooks } from '../../support/upstream-books.ts';
import { UpstreamProxy } from '../../support/upstream-proxy.ts';

const HOUR_MS = 3_600_000;
const JUMP_MS = 400 * 24 * HOUR_MS;
/** Longer than any planned delay. */
const FAR_MS = 7 * HOUR_MS;

/**
 * A shop with an open payment, a paid one, an unreachable merchant and stored idempotent responses. The test controls
 * its clocks.
 */
async function open(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-jump-'));
  const books = new UpstreamBooks();
  const upstream = await UpstreamProxy.start(null);
  upstream.trick = books.answer;
  const merchant = await MerchantServer.open();
  const { url } = merchant;
  await merchant.close();
  const env = {
    SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}`,
    SBP_PUBLIC_URL: 'http://127.0.0.1:9',
    SBP_METHODS: 'sbp=sbp-api',
    SBP_SBP_API_URL: upstream.url,
    SBP_SBP_API_TOKEN: 'upstream-token-0123456789',
    SBP_SBP_API_WEBHOOK_SECRET: 'upstream-webhook-secret-0123456789',
  };
  /** `skew` moves only the wall clock; `passed` moves both clocks, in ms. */
  const time = { skew: 0, passed: 0 };
  let shop: TestCompanion | null = null;
  t.after(async () => {
    await shop?.companion.close();
    upstream.stop();
    rmSync(directory, { recursive: true });
  });
  const start = async () => {
    await shop?.companion.close();
    shop = await startCompanion(env, {
      now: () => Date.now() + time.passed + time.skew,
      monotonic: () => performance.now() + time.passed,
    });
    return shop;
  };
  const first = await start();
  const paid = await first.createPayment({ callback_url: url, description: 'roses' });
  for (const bill of books.of(paid.payment_id)) bill.status = 'paid';
  const check = { method: 'POST', headers: { authorization: `Bearer ${paid.token}` } };
  await fetch(`${first.url}/checkout/v1/session/check`, check);
  const made = await first.api('/payments', {
    json: { order_id: 'KEY', amount: 500, description: 'tulips' },
    headers: { 'idempotency-key': 'k' },
  });
  const { payment_id: openId } = (await made.json()) as { payment_id: string };
  const database = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(first.databaseFile, { timeout: 5_000 });
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  const rows = (query: string) => database((db) => db.prepare(query).all());
  await until(
    () => rows('SELECT 1 FROM deliveries WHERE attempts > 0').length > 0,
    'the first try',
    PATIENCE_MS,
  );
  return { books, upstream, time, start, paid, openId, rows, database, current: () => shop! };
}

type Shop = Awaited<ReturnType<typeof open>>;

/** Wakes all background work, and waits until nothing is due. */
async function letWork({ current, rows, time }: Shop): Promise<void> {
  const { payment_id } = await current().createPayment();
  const due = () => Date.now() + time.passed + time.skew;
  await until(
    () =>
      rows(`SELECT 1 FROM payments WHERE next_check_at <= ${due()}`).length === 0 &&
      rows(`SELECT 1 FROM deliveries WHERE next_attempt_at <= ${due()}`).length === 0,
    `the work after ${payment_id}`,
    PATIENCE_MS,
  );
}

/** Fails if the wrong clock has ended, given up or erased anything. */
function assertNothingLost({ rows, openId }: Shop, when: string): void {
  const count = (query: string) => rows(query).length;
  assert.equal(count(`SELECT 1 FROM payments WHERE status IN ('expired', 'canceled')`), 0, `${when}: ended`);
  assert.equal(count(`SELECT 1 FROM payments WHERE id = '${openId}' AND status = 'created'`), 1, when);
  assert.equal(count('SELECT 1 FROM deliveries WHERE next_attempt_at IS NULL'), 0, `${when}: given up`);
  assert.equal(count('SELECT 1 FROM payments WHERE erased_at IS NOT NULL'), 0, `${when}: erased`);
  assert.equal(count(`SELECT 1 FROM payments WHERE description IN ('roses', 'tulips')`), 2, when);
  assert.equal(count(`SELECT 1 FROM idempotency_keys WHERE key LIKE '%k'`), 1, `${when}: a key`);
}

describe('a clock that jumps ahead by 400 days for a minute', () => {
  for (const restarts of [false, true]) {
    it(`ends, gives up and erases nothing${restarts ? ', with restarts inside' : ''}`, async (t) => {
      const shop = await open(t);
      const { time, start, rows, books, openId, database } = shop;
      time.skew = JUMP_MS;
      // Two rounds: after a restart, the second companion must not trust times that the first one has stored.
      for (let life = 0; life < 2; life++) {
        if (restarts) await start();
        await letWork(shop);
        time.passed += 30_000;
      }
      // The next poll, as if its time had come during the jump.
      database((db) => db.exec(`UPDATE payments SET next_check_at = 1`));
      await letWork(shop);
      assertNothingLost(shop, 'during the jump');

      time.skew = 0;
      if (restarts) await start();
      await letWork(shop);
      assertNothingLost(shop, 'after it');
      const far = Date.now() + time.passed + FAR_MS;
      await until(
        () => rows(`SELECT 1 FROM payments WHERE next_check_at > ${far} AND id = '${openId}'`).length === 0,
        'the next question, brought forward',
        PATIENCE_MS,
      );
      await until(
        () => rows(`SELECT 1 FROM deliveries WHERE next_attempt_at > ${far}`).length === 0,
        'the next delivery, brought forward',
        PATIENCE_MS,
      );

      // After the clocks agree again, times written by the wrong clock are corrected, and all work continues.
      time.passed += 10 * 60_000;
      await start();
      for (const [table, column] of [
        ['payments', 'next_check_at'],
        ['payments', 'expires_at'],
        ['payments', 'updated_at'],
        ['deliveries', 'next_attempt_at'],
        ['deliveries', 'retry_from'],
        ['idempotency_keys', 'created_at'],
      ]) {
        await until(
          () => rows(`SELECT 1 FROM ${table} WHERE ${column} > ${far}`).length === 0,
          `${table}.${column} from the future`,
          PATIENCE_MS,
        );
      }
      for (const bill of books.of(openId)) bill.status = 'paid';
      await until(
        () => rows(`SELECT 1 FROM payments WHERE id = '${openId}' AND status = 'paid'`).length > 0,
        'the payment',
        PATIENCE_MS,
      );
    });
  }

  it('expires what is over once it has agreed with itself for ten minutes', async (t) => {
    const shop = await open(t);
    const { time, start, rows, openId } = shop;
    time.skew = JUMP_MS;
    await start();
    await letWork(shop);
    assertNothingLost(shop, 'at first');
    time.passed += 11 * 60_000;
    await letWork(shop);
    await until(
      () => rows(`SELECT 1 FROM payments WHERE id = '${openId}' AND status = 'expired'`).length > 0,
      'the expiry',
      PATIENCE_MS,
    );
  });
});
