import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { queueAttention } from '../model/attention.ts';
import { findAttempts } from '../model/attempts.ts';
import { insertRefund } from './refund-rows.ts';
import { attemptPayableUntil } from '../model/payable-until.ts';
import { isUnscanned, type Payment } from '../model/payment.ts';

/** Why late money of this payment could not be given back by itself; `null` when it could. */
export async function lateRefundObstacle(ctx: Context, payment: Payment): Promise<string | null> {
  const attempts = await findAttempts(ctx.store.read, payment.id);
  const stuck = attempts.find(
    (attempt) =>
      ctx.providers[attempt.provider].capabilities.refund === 'none' &&
      attemptPayableUntil(attempt, ctx.providers, ctx.now()) !== null &&
      !(isUnscanned(payment) && attempt.reference === payment.reference),
  );
  return stuck ? `can't be "refund" here: ${stuck.provider} gives nothing back by this API` : null;
}

/**
 * Money that has come after a cancel whose merchant wants it given back: it is the payment's, as all late money is, and a
 * refund of the whole sum is begun in the same transaction. The caretaker carries it out as it does any other refund.
 */
export async function refundLatePayment(
  trx: Writer,
  payment: Payment,
  { reference }: AttemptRow,
  { amount, currency }: ProviderReport,
  now: number,
): Promise<void> {
  const { id: refundId } = await insertRefund(
    trx,
    { paymentId: payment.id, reference, amount: payment.amount, reason: 'paid after the cancel' },
    now,
  );
  const reported = { reported_amount: amount, reported_currency: currency };
  await queueAttention(
    trx,
    payment,
    { reason: 'late_refunded', reference, ...reported, refund_id: refundId },
    now,
  );
}

/** Late money that is back needs no person's look any more; a refund that failed does. */
export async function resolveLateRefund(trx: Writer, refundId: string, now: number): Promise<void> {
  await trx
    .updateTable('attention')
    .set({ resolved_at: now, outcome: 'money_out' })
    .where('reason', '=', 'late_refunded')
    .where('refund_id', '=', refundId)
    .where('resolved_at', 'is', null)
    .execute();
}
