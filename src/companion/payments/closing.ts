import { sql } from 'kysely';
import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { PaymentRef } from '../providers/provider.ts';
import type { AttemptRow } from '../store/schema.ts';
import { applyAnswer } from './apply.ts';
import { refOfAttempt } from './attempts.ts';
import { findPayment } from './find.ts';
import { LATE_CHECKS_MS } from './schedule.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** No provider's offer lives so long: money that comes after it comes by webhook, if at all. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Attempts that are to be closed at their provider, or looked at once more, now. */
export function findToClose(ctx: Context): Promise<AttemptRow[]> {
  return (
    ctx.store.read
      .selectFrom('attempts')
      .selectAll()
      // Spelled out, not bound: the index is of such rows only.
      .where('to_close', '>', sql.lit(0))
      .where((eb) => eb.or([eb('next_close_at', 'is', null), eb('next_close_at', '<=', ctx.now())]))
      .limit(50)
      .execute()
  );
}

/**
 * Closes an attempt that another one has replaced. The answer counts: it may have been paid before it was closed.
 * Where the provider closes nothing it is asked, less and less often, until the attempt is over. One that is closed is
 * looked at for late money as a given up payment is.
 */
export async function closeAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  const payment = await findPayment(ctx.store.read, attempt.payment_id);
  if (!payment) return;
  let next = afterFailure(ctx, attempt);
  try {
    const { over, closed } = await ask(ctx, attempt, refOfAttempt(attempt, payment));
    if (over) next = DONE;
    else if (closed) next = afterClosing(ctx, attempt);
  } finally {
    await ctx.store.write((trx) =>
      trx
        .updateTable('attempts')
        .set(next)
        .where('reference', '=', attempt.reference)
        // A report has said more meanwhile.
        .where('to_close', '>', 0)
        .execute(),
    );
  }
}

const DONE = { to_close: 0 };

async function ask(ctx: Context, attempt: AttemptRow, ref: PaymentRef) {
  const provider = ctx.providers[attempt.provider];
  const closes = provider.capabilities.cancel;
  const watched = attempt.to_close === 2;
  const report = await (closes && !watched ? provider.cancel(ref) : provider.status(ref));
  const canceled = report.status === 'canceled';
  const final = report.status !== null && !isOpen(report.status);
  if (final) await applyAnswer(ctx, attempt.provider, report);
  // Ended by ourselves, it may still be paid by somebody who was quicker.
  return { over: final && !canceled, closed: closes || canceled };
}

function afterClosing(ctx: Context, attempt: AttemptRow) {
  const looks = attempt.to_close === 2 ? attempt.close_tries + 1 : 0;
  const pause = LATE_CHECKS_MS[looks];
  if (pause === undefined) return DONE;
  return { to_close: 2, close_tries: looks, next_close_at: ctx.now() + pause };
}

function afterFailure(ctx: Context, attempt: AttemptRow) {
  if (ctx.now() - attempt.created_at > GIVE_UP_MS) {
    ctx.log.error({ reference: attempt.reference }, 'an attempt could not be closed');
    return DONE;
  }
  const tries = attempt.close_tries + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return { close_tries: tries, next_close_at: ctx.now() + pause };
}
