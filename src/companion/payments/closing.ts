import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { PaymentRef } from '../providers/provider.ts';
import type { AttemptRow } from '../store/schema.ts';
import { applyAnswer } from './apply.ts';
import { attemptChore } from './attempt-chore.ts';
import { refOfAttempt } from './attempts.ts';
import { findPayment } from './find.ts';
import { LATE_CHECKS_MS } from './schedule.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Some 24 hours: money that comes after them comes by webhook, if at all. */
const MAX_TRIES = 150;

/** Closes attempts at their provider, or looks at closed ones once more. */
export const CLOSINGS = attemptChore({
  name: 'closings',
  waiting: 'to_close > 0',
  at: 'next_close_at',
  longestPauseMs: Math.max(LONGEST_PAUSE_MS, ...LATE_CHECKS_MS),
  run: closeAttempt,
});

/**
 * Closes an attempt that another one has replaced. The answer counts: it may have been paid before it was closed.
 * Where the provider closes nothing it is asked, less and less often, until the attempt is over. One that is closed is
 * looked at for late money as a given up payment is.
 */
async function closeAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await plan(ctx, attempt, putOff(ctx, attempt));
  const payment = await findPayment(ctx.store.read, attempt.payment_id);
  if (!payment) return;
  let next = null;
  try {
    const { over, closed } = await ask(ctx, attempt, refOfAttempt(attempt, payment));
    if (over) next = DONE;
    else if (closed) next = afterClosing(ctx, attempt);
  } finally {
    if (next === null && attempt.close_tries + 1 >= MAX_TRIES) {
      ctx.log.error({ reference: attempt.reference }, 'an attempt could not be closed');
      next = DONE;
    }
    if (next !== null) await plan(ctx, attempt, next);
  }
}

async function plan(
  ctx: Context,
  { reference }: AttemptRow,
  next: Partial<Pick<AttemptRow, 'to_close' | 'close_tries' | 'next_close_at'>>,
): Promise<void> {
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set(next)
      .where('reference', '=', reference)
      // A report has said more meanwhile.
      .where('to_close', '>', 0)
      .execute(),
  );
}

const DONE = { to_close: 0 };

async function ask(ctx: Context, attempt: AttemptRow, ref: PaymentRef) {
  const provider = ctx.providers[attempt.provider];
  const closes = provider.capabilities.cancel;
  const watched = attempt.to_close === 2;
  const report = await (closes && !watched ? provider.cancel(ref) : provider.status(ref));
  const final = report.status !== null && !isOpen(report.status);
  if (final) await applyAnswer(ctx, attempt.provider, report);
  // Ended without the bank's word, it may still be paid by somebody who was quicker.
  const givenUp = report.status === 'canceled' || report.status === 'expired';
  return { over: final && !givenUp, closed: closes || givenUp };
}

function afterClosing(ctx: Context, attempt: AttemptRow) {
  const looks = attempt.to_close === 2 ? attempt.close_tries + 1 : 0;
  const pause = LATE_CHECKS_MS[looks];
  if (pause === undefined) return DONE;
  return { to_close: 2, close_tries: looks, next_close_at: ctx.now() + pause };
}

function putOff(ctx: Context, { close_tries }: AttemptRow) {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** close_tries, LONGEST_PAUSE_MS);
  return { close_tries: close_tries + 1, next_close_at: ctx.now() + pause };
}
