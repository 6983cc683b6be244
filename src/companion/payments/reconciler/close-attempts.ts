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
 * Closes an attempt that was left or given up, and applies the provider's answer: the attempt may have been paid before it
 * was closed. Some providers cannot close an attempt. Their attempts are polled at growing intervals until they are over.
 * An attempt that is closed or over is then polled for late money, like a payment that was given up. A call without an answer
 * does not count. It is repeated until {@link WATCHED_MS} after the deadline.
 */
async function closeAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await plan(ctx, attempt, putOff(ctx, attempt));
  const payment = await findPayment(ctx.store.read, attempt.paymentId);
  if (!payment) return;
  try {
    const told = await ask(ctx, attempt, refOfAttempt(attempt, payment));
    await plan(ctx, attempt, await afterAnswer(ctx, attempt, told));
  } catch (error) {
    // A refusal counts as an answer: the provider would refuse a repeated call too.
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
  /** True if the attempt is closed, by this call or earlier. */
  readonly closed: boolean;
}

async function ask(ctx: Context, attempt: AttemptRow, ref: PaymentRef): Promise<Told> {
  const provider = ctx.providers[attempt.provider];
  const closes = provider.capabilities.cancel;
  const watched = attempt.closeState === 'watching';
  const report = await (closes && !watched ? provider.cancel(ref) : provider.status(ref));
  const final = report.status !== null && !isOpen(report.status);
  if (final) await receiveStatus(ctx, attempt.provider, report);
  // These two statuses are not the bank's decision: a payer who was faster may still have paid.
  const givenUp = report.status === 'canceled' || report.status === 'expired';
  return { ended: final && !givenUp, closed: closes || givenUp };
}

/**
 * Returns the plan after an answer: the next poll for late money. There is none once the polls are used up and the attempt
 * is over.
 */
async function afterAnswer(ctx: Context, attempt: AttemptRow, { ended, closed }: Told): Promise<Next> {
  if (ended) return DONE;
  const now = ctx.now();
  const current = (await findAttempt(ctx.store.read, attempt.reference)) ?? attempt;
  // While the clock is unreliable, the attempt counts as open, and this poll does not count.
  const reliable = ctx.clock.isReliable();
  const open = !reliable || attemptPayableUntil(current, ctx.providers, now) !== null;
  if (attempt.closeState === 'closing' && open && !closed) return { silentSince: now };
  const looks = attempt.closeState === 'watching' ? attempt.closeTries + (reliable ? 1 : 0) : 0;
  const pause = LATE_CHECKS_MS[looks] ?? (open ? silentPause(now - attempt.deadline) : null);
  if (pause === null) return DONE;
  return { closeState: 'watching', closeTries: looks, nextCloseAt: now + pause, silentSince: now };
}

/**
 * Returns the plan after a refusal. The provider never made the attempt if it gave us no id for it and still refuses the
 * call after the deadline: the attempt has ended.
 */
async function afterRefusal(ctx: Context, attempt: AttemptRow): Promise<Next> {
  const isOver = ctx.clock.isReliable() && ctx.now() > attempt.deadline + RETRY.longestMs;
  const unknown = attempt.providerPaymentId === null && isOver;
  return unknown ? { ...DONE, state: 'ended' } : afterAnswer(ctx, attempt, { ended: false, closed: false });
}

/**
 * Returns the plan for the case that this call gets no answer. The delay grows with the tries and with the time since the
 * deadline.
 */
function putOff(ctx: Context, { closeState, closeTries, deadline, silentSince }: AttemptRow): Next {
  const now = ctx.now();
  const silent = silentPause(now - deadline);
  // In this state `closeTries` counts only answered polls.
  if (closeState === 'watching') return { nextCloseAt: now + silent };
  const pause = backoffMs(closeTries, RETRY);
  return {
    closeTries: closeTries + 1,
    nextCloseAt: now + (pause < RETRY.longestMs ? pause : Math.max(pause, silent)),
    silentSince: silentSince ?? now,
  };
}

/**
 * Notifies the merchant when a person has to ask the provider: it has not answered for hours, the attempt should have ended
 * hours ago, or polling has stopped.
 */
async function tellIfOverdue(ctx: Context, { paymentId, reference }: AttemptRow): Promise<void> {
  const isOverdue = (attempt: AttemptRow): boolean => {
    // No payer has seen a code if the provider never answered the create call.
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
