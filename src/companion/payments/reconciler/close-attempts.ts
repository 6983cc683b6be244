import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError, type PaymentRef } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { attemptJob } from './job.ts';
import { findAttempt, refOfAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import { tellOverdue } from './overdue.ts';
import { attemptPayableUntil, endOf } from '../model/payable-until.ts';
import {
  LATE_CHECKS_MS,
  LONGEST_SILENT_PAUSE_MS,
  OVERDUE_AFTER_MS,
  silentPause,
  WATCHED_MS,
} from '../model/next-check.ts';
import { backoffMs, type Backoff } from '../../lib/backoff.ts';

const RETRY: Backoff = { firstMs: 5_000, longestMs: 10 * 60_000 };

/** Closes attempts at their provider, or looks at closed ones once more. */
export const CLOSE_ATTEMPTS = attemptJob({
  name: 'close attempts',
  waiting: "close_state <> 'none'",
  at: 'next_close_at',
  longestDelayMs: Math.max(LONGEST_SILENT_PAUSE_MS, ...LATE_CHECKS_MS),
  run: closeAttempt,
});

/**
 * Closes an attempt that was left or given up. The answer counts: it may have been paid before it was closed. Where the
 * provider closes nothing it is asked, less and less often, until the attempt is over. Then it is looked at for late
 * money, as a given up payment is. A question that is not answered is repeated, however often: it counts as none.
 */
async function closeAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await plan(ctx, attempt, putOff(ctx, attempt));
  const payment = await findPayment(ctx.store.read, attempt.payment_id);
  if (!payment) return;
  try {
    const told = await ask(ctx, attempt, refOfAttempt(attempt, payment));
    await plan(ctx, attempt, await afterAnswer(ctx, attempt, told));
  } catch (error) {
    // A no is an answer, too: it says nothing about the attempt, and would say it again.
    if (error instanceof ProviderError && error.kind === 'refused') {
      await plan(ctx, attempt, await afterRefusal(ctx, attempt));
    } else if (ctx.clock.isReliable() && ctx.now() > attempt.deadline + WATCHED_MS) {
      await plan(ctx, attempt, DONE);
    }
    throw error;
  } finally {
    await tellIfOverdue(ctx, attempt);
  }
}

type Next = Partial<
  Pick<AttemptRow, 'close_state' | 'close_tries' | 'next_close_at' | 'silent_since' | 'state'>
>;

async function plan(ctx: Context, { reference }: AttemptRow, next: Next): Promise<void> {
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set(next)
      .where('reference', '=', reference)
      // A report has said more meanwhile.
      .where('close_state', '<>', 'none')
      .execute(),
  );
}

const DONE: Next = { close_state: 'none' };

/** The provider's answer about an attempt. */
interface Told {
  /** It ended by the bank's word: paid, or refused. */
  readonly ended: boolean;
  /** It was closed, now or before. */
  readonly closed: boolean;
}

async function ask(ctx: Context, attempt: AttemptRow, ref: PaymentRef): Promise<Told> {
  const provider = ctx.providers[attempt.provider];
  const closes = provider.capabilities.cancel;
  const watched = attempt.close_state === 'watching';
  const report = await (closes && !watched ? provider.cancel(ref) : provider.status(ref));
  const final = report.status !== null && !isOpen(report.status);
  if (final) await receiveStatus(ctx, attempt.provider, report);
  // Ended without the bank's word, it may still be paid by somebody who was quicker.
  const givenUp = report.status === 'canceled' || report.status === 'expired';
  return { ended: final && !givenUp, closed: closes || givenUp };
}

/** The next late look; none after the last, once the attempt is over. */
async function afterAnswer(ctx: Context, attempt: AttemptRow, { ended, closed }: Told): Promise<Next> {
  if (ended) return DONE;
  const now = ctx.now();
  const current = (await findAttempt(ctx.store.read, attempt.reference)) ?? attempt;
  // By a clock that has jumped nothing is over, and no look counts.
  const reliable = ctx.clock.isReliable();
  const open = !reliable || attemptPayableUntil(current, ctx.providers, now) !== null;
  if (attempt.close_state === 'closing' && open && !closed) return { silent_since: now };
  const looks = attempt.close_state === 'watching' ? attempt.close_tries + (reliable ? 1 : 0) : 0;
  const pause = LATE_CHECKS_MS[looks] ?? (open ? silentPause(now - attempt.deadline) : null);
  if (pause === null) return DONE;
  return { close_state: 'watching', close_tries: looks, next_close_at: now + pause, silent_since: now };
}

/** An attempt was never made if the provider never named it to us and does not know it after its deadline. */
async function afterRefusal(ctx: Context, attempt: AttemptRow): Promise<Next> {
  const isOver = ctx.clock.isReliable() && ctx.now() > attempt.deadline + RETRY.longestMs;
  const unknown = attempt.provider_payment_id === null && isOver;
  return unknown ? { ...DONE, state: 'ended' } : afterAnswer(ctx, attempt, { ended: false, closed: false });
}

/** As if this question were not answered: the longer that lasts, the less often it is asked. */
function putOff(ctx: Context, { close_state, close_tries, deadline, silent_since }: AttemptRow): Next {
  const now = ctx.now();
  const silent = silentPause(now - deadline);
  // The number of a look is that of those answered.
  if (close_state === 'watching') return { next_close_at: now + silent };
  const pause = backoffMs(close_tries, RETRY);
  return {
    close_tries: close_tries + 1,
    next_close_at: now + (pause < RETRY.longestMs ? pause : Math.max(pause, silent)),
    silent_since: silent_since ?? now,
  };
}

/** Nothing is heard of it, or it should have ended hours ago, or nobody asks any more: a person has to. */
async function tellIfOverdue(ctx: Context, { payment_id, reference }: AttemptRow): Promise<void> {
  const isOverdue = (attempt: AttemptRow): boolean => {
    // A payer has not seen a code whose create was never answered.
    if (attempt.state !== 'open' || attempt.provider_payment_id === null) return false;
    const now = ctx.now();
    const end = endOf(attempt, ctx.providers);
    return (
      now >= (attempt.silent_since ?? now) + OVERDUE_AFTER_MS ||
      (end !== null && now >= end + OVERDUE_AFTER_MS) ||
      now >= attempt.deadline + WATCHED_MS
    );
  };
  const attempt = await findAttempt(ctx.store.read, reference);
  if (!attempt || !isOverdue(attempt)) return;
  await tellOverdue(ctx, payment_id, reference, (_payment, current) => isOverdue(current));
}
