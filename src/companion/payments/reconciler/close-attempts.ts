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

/** Closes attempts at their provider, and polls closed ones for late money. */
export const CLOSE_ATTEMPTS = attemptJob({
  name: 'close attempts',
  waiting: "close_state <> 'none'",
  at: 'nextCloseAt',
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
  const payment = await findPayment(ctx.store.read, attempt.paymentId);
  if (!payment) return;
  try {
    const told = await ask(ctx, attempt, refOfAttempt(attempt, payment));
    await plan(ctx, attempt, await afterAnswer(ctx, attempt, told));
  } catch (error) {
    // A refusal is an answer: the provider would repeat it.
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

type Next = Partial<Pick<AttemptRow, 'closeState' | 'closeTries' | 'nextCloseAt' | 'silentSince' | 'state'>>;

async function plan(ctx: Context, { reference }: AttemptRow, next: Next): Promise<void> {
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set(next)
      .where('reference', '=', reference)
      // A report may have ended the attempt meanwhile.
      .where('closeState', '<>', 'none')
      .execute(),
  );
}

const DONE: Next = { closeState: 'none' };

/** The provider's answer about an attempt. */
interface Told {
  /** True if the bank has decided: paid or refused. */
  readonly ended: boolean;
  /** True if the attempt is closed, now or before. */
  readonly closed: boolean;
}

async function ask(ctx: Context, attempt: AttemptRow, ref: PaymentRef): Promise<Told> {
  const provider = ctx.providers[attempt.provider];
  const closes = provider.capabilities.cancel;
  const watched = attempt.closeState === 'watching';
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
  // While the clock is unreliable nothing has ended, and no poll counts.
  const reliable = ctx.clock.isReliable();
  const open = !reliable || attemptPayableUntil(current, ctx.providers, now) !== null;
  if (attempt.closeState === 'closing' && open && !closed) return { silentSince: now };
  const looks = attempt.closeState === 'watching' ? attempt.closeTries + (reliable ? 1 : 0) : 0;
  const pause = LATE_CHECKS_MS[looks] ?? (open ? silentPause(now - attempt.deadline) : null);
  if (pause === null) return DONE;
  return { closeState: 'watching', closeTries: looks, nextCloseAt: now + pause, silentSince: now };
}

/** An attempt was never made if the provider never named it to us and does not know it after its deadline. */
async function afterRefusal(ctx: Context, attempt: AttemptRow): Promise<Next> {
  const isOver = ctx.clock.isReliable() && ctx.now() > attempt.deadline + RETRY.longestMs;
  const unknown = attempt.providerPaymentId === null && isOver;
  return unknown ? { ...DONE, state: 'ended' } : afterAnswer(ctx, attempt, { ended: false, closed: false });
}

/** As if this question were not answered: the longer that lasts, the less often it is asked. */
function putOff(ctx: Context, { closeState, closeTries, deadline, silentSince }: AttemptRow): Next {
  const now = ctx.now();
  const silent = silentPause(now - deadline);
  // The number of a look is that of those answered.
  if (closeState === 'watching') return { nextCloseAt: now + silent };
  const pause = backoffMs(closeTries, RETRY);
  return {
    closeTries: closeTries + 1,
    nextCloseAt: now + (pause < RETRY.longestMs ? pause : Math.max(pause, silent)),
    silentSince: silentSince ?? now,
  };
}

/** Nothing is heard of it, or it should have ended hours ago, or nobody asks any more: a person has to. */
async function tellIfOverdue(ctx: Context, { paymentId, reference }: AttemptRow): Promise<void> {
  const isOverdue = (attempt: AttemptRow): boolean => {
    // A payer has not seen a code whose create was never answered.
    if (attempt.state !== 'open' || attempt.providerPaymentId === null) return false;
    const now = ctx.now();
    const end = endOf(attempt, ctx.providers);
    return (
      now >= (attempt.silentSince ?? now) + OVERDUE_AFTER_MS ||
      (end !== null && now >= end + OVERDUE_AFTER_MS) ||
      now >= attempt.deadline + WATCHED_MS
    );
  };
  const attempt = await findAttempt(ctx.store.read, reference);
  if (!attempt || !isOverdue(attempt)) return;
  await tellOverdue(ctx, paymentId, reference, (_payment, current) => isOverdue(current));
}
