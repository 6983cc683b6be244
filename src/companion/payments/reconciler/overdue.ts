import type { Context } from '../context.ts';
import { queueAttention } from '../model/attention.ts';
import { findAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import type { AttemptRow } from '../../store/schema.ts';

/**
 * Tells the merchant, once for each attempt, that its provider does not say how it ended. `holds` is asked again in the
 * transaction: an answer may have come meanwhile.
 */
export async function tellOverdue(
  ctx: Context,
  paymentId: string,
  reference: string,
  holds: (payment: Payment, attempt: AttemptRow) => boolean,
): Promise<void> {
  if (!ctx.clock.isReliable()) return;
  const told = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    const attempt = await findAttempt(trx, reference);
    if (!payment || !attempt || !holds(payment, attempt)) return false;
    return (await queueAttention(trx, payment, { reason: 'overdue', reference }, ctx.now())) !== null;
  });
  if (told) ctx.wakeNotifier();
}
