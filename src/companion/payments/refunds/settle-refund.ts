import { queueRefundNotification } from '../model/merchant-webhooks.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention, queueAttention } from '../model/attention.ts';
import { contradictsRefund, flagContradiction, type RefundResult } from './contradicted-refund.ts';
import { addEvent, type Cause } from '../model/events.ts';
import { failureReasonOf } from '../model/failure-reason.ts';
import { findPayment } from '../model/queries.ts';
import { logAfterCommit } from '../model/history-log.ts';
import { resolveLateRefund } from './late-refund.ts';
import type { Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';
import { findRefund } from './refund-rows.ts';
import { refundedTotal } from './refund-balance.ts';

export interface SettledRefund {
  readonly refund: RefundRow;
  readonly payment: Payment;
  readonly outcome: 'applied' | 'unchanged' | 'refund_contradicted';
}

/**
 * Stores the final result of a refund once: in the refund, the payment, its history and the outbox. A result that
 * contradicts the stored one changes nothing and opens an attention (see contradicted-refund.ts).
 */
export async function settleRefund(
  trx: Writer,
  { id, paymentId }: Pick<RefundRow, 'id' | 'paymentId'>,
  result: RefundResult,
): Promise<SettledRefund> {
  const payment = await findPayment(trx, paymentId);
  const before = await findRefund(trx, id);
  if (!payment || !before) throw new Error(`refund ${id} or its payment does not exist`);
  if (contradictsRefund(before, result)) {
    await flagContradiction(trx, { payment, refund: before }, result);
    return { refund: before, payment, outcome: 'refund_contradicted' };
  }
  if (before.status !== 'pending') return { refund: before, payment, outcome: 'unchanged' };
  const { status, source, now } = result;
  const refund = await storeRefundResult(trx, before, { status, now });
  const outcome = status === 'succeeded' ? 'money_out' : 'no_money';
  await closeAttention(trx, { paymentId, reason: 'refund_overdue', refundId: id }, outcome, now);
  if (refund.duplicate === 1) {
    await recordSecondChargeRefund(trx, { payment, refund, source, now });
    return { refund, payment, outcome: 'applied' };
  }
  let after = payment;
  if (status === 'succeeded') {
    const refundedAmount = payment.refundedAmount + refund.amount;
    const cause = { event: 'refund.succeeded', source };
    after = await updateRefundedAmount(trx, payment, { refundedAmount, cause, now });
  }
  await queueRefundNotification(trx, after, refund, now);
  if (status === 'succeeded') await resolveLateRefund(trx, refund.id, now);
  return { refund, payment: after, outcome: 'applied' };
}

interface StoredResult {
  readonly status: RefundResult['status'];
  /** Kopecks, if the refunded sum differs from the requested one. */
  readonly amount?: number;
  readonly now: number;
}

/** Stores the final status of a refund and returns the new row. */
export async function storeRefundResult(
  trx: Writer,
  { id, paymentId }: RefundRow,
  { status, amount, now }: StoredResult,
): Promise<RefundRow> {
  const refund = await trx
    .updateTable('refunds')
    .set({ status, updatedAt: now, ...(amount === undefined ? {} : { amount }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  logAfterCommit(trx, {
    level: 'info',
    fields: {
      payment_id: paymentId,
      refund_id: id,
      reference: refund.reference,
      amount: refund.amount,
      status,
      failure_reason: failureReasonOf(refund),
    },
    message: 'refund settled',
  });
  return refund;
}

interface SecondChargeRefund {
  readonly payment: Payment;
  readonly refund: RefundRow;
  readonly source: Cause['source'];
  readonly now: number;
}

/** Reports the result of a second charge's refund by an attention. It is not the payment's money, so no sum changes. */
export async function recordSecondChargeRefund(
  trx: Writer,
  { payment, refund: { id, reference, status }, source, now }: SecondChargeRefund,
): Promise<void> {
  const reason = status === 'succeeded' ? 'duplicate_refund_succeeded' : 'duplicate_refund_failed';
  await addEvent(trx, payment, payment, { event: `refund.${status}`, source }, reason, now);
  await queueAttention(trx, payment, { reason, reference, refund_id: id }, now);
  // After a failed refund, the attention opened above asks a person for the next step.
  const outcome = status === 'succeeded' ? 'money_out' : 'no_effect';
  await closeAttention(trx, { paymentId: payment.id, reason: 'paid_twice', refundId: id }, outcome, now);
}

/**
 * Stores the refunded sum (kopecks) and the matching payment status. The stored sum may be larger than `refundedAmount`:
 * the provider's reports may have counted more before.
 */
export async function updateRefundedAmount(
  trx: Writer,
  payment: Payment,
  {
    refundedAmount,
    cause,
    now,
  }: { readonly refundedAmount: number; readonly cause: Cause; readonly now: number },
): Promise<Payment> {
  const total = await refundedTotal(trx, { ...payment, refundedAmount: Math.max(0, refundedAmount) });
  const status = total === payment.amount ? 'refunded' : total > 0 ? 'partial_refunded' : 'paid';
  return record(trx, payment, { status, refundedAmount: total }, cause, now);
}
