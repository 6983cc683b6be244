import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { queueAttention } from '../model/attention.ts';
import { findAttempts } from '../model/attempts.ts';
import { insertRefund } from './refund-rows.ts';
import { attemptPayableUntil } from '../model/payable-until.ts';
import { isUnscanned, type Payment } from '../model/payment.ts';

/**
 * Returns why a late payment cannot be refunded automatically, as a field error; `null` when it can. The obstacle is an
 * attempt that can still be paid, at a provider without refunds.
 */
export async function lateRefundObstacle(
  ctx: Pick<Context, 'store' | 'providers' | 'now'>,
  payment: Payment,
): Promise<string | null> {
  const attempts = await findAttempts(ctx.store.read, payment.id);
  const stuck = attempts.find(
    (attempt) =>
      ctx.providers[attempt.provider].capabilities.refund === 'none' &&
      attemptPayableUntil(attempt, ctx.providers, ctx.now()) !== null &&
      !(isUnscanned(payment) && attempt.reference === payment.reference),
  );
  return stuck ? `can't be "refund" here: ${stuck.provider} has no refunds in its API` : null;
}

interface LatePayment {
  readonly payment: Payment;
  readonly attempt: AttemptRow;
  readonly report: ProviderReport;
  readonly now: number;
}

/**
 * Creates the refund for money that came after a cancel with `on_late: "refund"`. The money counts as the payment's, like
 * all late money. The refund of the full amount is stored in the same transaction; the reconciler sends it.
 */
export async function refundLatePayment(
  trx: Writer,
  { payment, attempt: { reference }, report: { amount, currency }, now }: LatePayment,
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

/** Closes the attention of a late payment that was refunded. It stays open after a failed refund: a person must act. */
export async function resolveLateRefund(trx: Writer, refundId: string, now: number): Promise<void> {
  await trx
    .updateTable('attention')
    .set({ resolvedAt: now, outcome: 'money_out' })
    .where('reason', '=', 'late_refunded')
    .where('refundId', '=', refundId)
    .where('resolvedAt', 'is', null)
    .execute();
}
