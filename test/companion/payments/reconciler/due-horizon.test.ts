import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sql, type RawBuilder } from 'kysely';
import { CLOSE_ATTEMPTS } from '../../../../src/companion/payments/reconciler/close-attempts.ts';
import { CONFIRM_ATTEMPTS } from '../../../../src/companion/payments/reconciler/confirm-attempts.ts';
import { BATCH_SIZE, findDueRows, type Job } from '../../../../src/companion/payments/reconciler/job.ts';
import { SEND_PENDING_REFUNDS } from '../../../../src/companion/payments/reconciler/pending-refunds.ts';
import { RETRY_DEFERRED_WEBHOOKS } from '../../../../src/companion/payments/reconciler/retry-deferred-webhooks.ts';
import { Ledger } from '../../../support/ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

interface Case {
  readonly job: Job;
  /** The longest delay of the job, ms. */
  readonly longestMs: number;
  /** Gives the job its one row, or plans that row anew. */
  readonly plan: (at: number) => RawBuilder<unknown>;
}

const CASES: readonly Case[] = [
  {
    job: CLOSE_ATTEMPTS,
    longestMs: 6 * HOUR_MS,
    plan: (at) => sql`update attempts set close_state = 'closing', next_close_at = ${at}`,
  },
  {
    job: CONFIRM_ATTEMPTS,
    longestMs: MINUTE_MS,
    plan: (at) => sql`update attempts set confirm_state = 'waiting', next_confirm_at = ${at}`,
  },
  {
    job: SEND_PENDING_REFUNDS,
    longestMs: HOUR_MS,
    plan: (at) => sql`insert or replace into refunds
      (seq, id, payment_id, reference, amount, status, created_at, updated_at, next_request_at)
      select 1, 'rfd_1', payment_id, reference, 1, 'pending', 0, 0, ${at} from attempts`,
  },
  {
    job: RETRY_DEFERRED_WEBHOOKS,
    longestMs: 6 * HOUR_MS,
    plan: (at) => sql`insert or replace into provider_deliveries
      (provider, delivery_id, body, received_at, outcome, report_json, tries, next_try_at)
      values ('sandbox', '1', x'', 0, 'unknown_payment', '{"deliveryId":"1"}', 1, ${at})`,
  },
];

describe('a job after the clock was set back', () => {
  for (const { job, longestMs, plan } of CASES) {
    it(`"${job.name}" takes a row further ahead than its longest delay for due, and no other future row`, async () => {
      await ledger.createPayment();
      const isDue = async (ahead: number): Promise<boolean> => {
        await ledger.ctx.store.write((trx) => plan(ledger.time + ahead).execute(trx));
        const tasks = await job.findDue(ledger.ctx, { keys: [], providers: [] });
        return tasks.length === 1;
      };
      assert.equal(await isDue(0), true, 'now');
      assert.equal(await isDue(1), false, 'soon');
      assert.equal(await isDue(longestMs), false, 'as far as a delay may be');
      assert.equal(await isDue(longestMs + 1), true, 'further');
      assert.equal(await isDue(24 * HOUR_MS), true, 'a day');
    });
  }

  it('retries a deferred webhook that lies too far ahead, and plans it anew', async () => {
    await ledger.createPayment();
    const report = {
      deliveryId: '1',
      event: 'x',
      reference: 'none',
      status: 'paid',
      amount: 1,
      currency: 'RUB',
    };
    await ledger.ctx.store.write((trx) =>
      sql`insert into provider_deliveries
        (provider, delivery_id, body, received_at, outcome, report_json, tries, next_try_at)
        values ('sandbox', '1', x'', ${ledger.time}, 'unknown_payment', ${JSON.stringify(report)}, 1,
          ${ledger.time + 24 * HOUR_MS})`.execute(trx),
    );
    await ledger.look();
    const { rows } = await sql<{ tries: number; nextTryAt: number }>`
      select tries, next_try_at as "next_try_at" from provider_deliveries`.execute(ledger.ctx.store.read);
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ tries: 2, nextTryAt: ledger.time + MINUTE_MS }],
    );
  });
});

describe('findDueRows', () => {
  it('does not look beyond the horizon while a whole batch is due', async () => {
    const asked: string[] = [];
    const batch = Array.from({ length: BATCH_SIZE }, (_, index) => index);
    const find = (comparison: string, time: number) => {
      asked.push(`${comparison} ${time}`);
      return Promise.resolve(batch);
    };
    assert.equal((await findDueRows(1_000, 500, find)).length, BATCH_SIZE);
    assert.deepEqual(asked, ['<= 1000']);
    batch.pop();
    await findDueRows(1_000, 500, find);
    assert.deepEqual(asked, ['<= 1000', '<= 1000', '> 1500']);
  });
});
