import { sql } from 'kysely';
import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { AttemptRow } from '../store/schema.ts';
import { applyAnswer } from './apply.ts';
import { refOfAttempt } from './attempts.ts';
import { findPayment } from './find.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** No provider's offer lives so long: money that comes after it comes by webhook, if at all. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Attempts that are to be closed at their provider now. */
export function findToClose(ctx: Context): Promise<AttemptRow[]> {
  return (
    ctx.store.read
      .selectFrom('attempts')
      .selectAll()
      // Spelled out, not bound: the index is of such rows only.
      .where('to_close', '=', sql.lit(1))
      .where((eb) => eb.or([eb('next_close_at', 'is', null), eb('next_close_at', '<=', ctx.now())]))
      .limit(50)
      .execute()
  );
}

/**
 * Closes an attempt that another one has replaced. The answer counts: it may have been paid before it was closed.
 * Where the provider closes nothing it is asked, less and less often, until the attempt is over.
 */
export async function closeAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  const payment = await findPayment(ctx.store.read, attempt.payment_id);
  if (!payment) return;
  const provider = ctx.providers[attempt.provider];
  const { cancel } = provider.capabilities;
  const ref = refOfAttempt(attempt, payment);
  let closed = false;
  try {
    const report = await (cancel ? provider.cancel(ref) : provider.status(ref));
    const over = report.status !== null && !isOpen(report.status);
    if (over) await applyAnswer(ctx, attempt.provider, report);
    closed = over || cancel;
  } finally {
    const now = ctx.now();
    const tries = attempt.close_tries + 1;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
    const givenUp = now - attempt.created_at > GIVE_UP_MS;
    if (givenUp && !closed) ctx.log.error({ reference: attempt.reference }, 'an attempt could not be closed');
    await ctx.store.write((trx) =>
      trx
        .updateTable('attempts')
        .set(closed || givenUp ? { to_close: 0 } : { close_tries: tries, next_close_at: now + pause })
        .where('reference', '=', attempt.reference)
        .execute(),
    );
  }
}
