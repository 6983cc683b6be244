import type { Context } from '../context.ts';
import { queueAttention } from '../model/attention.ts';
import { findAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import type { AttemptRow } from '../../store/schema.ts';

/**
 * Notifies the merchant, once per attempt, that its provider does not report how the attempt ended. `holds` is evaluated
 * again in the transaction: a report may have arrived meanwhile.
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
