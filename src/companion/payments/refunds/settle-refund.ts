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
 * The end of a refund, once: in the payment, in its history and in the outbox. A result that contradicts an earlier one,
 * or names another sum, changes nothing and is told (see contradicted-refund.ts).
 */
export async function settleRefund(
  trx: Writer,
  { id, payment_id }: Pick<RefundRow, 'id' | 'payment_id'>,
  result: RefundResult,
  now: number,
): Promise<SettledRefund> {
  const payment = await findPayment(trx, payment_id);
  const before = await findRefund(trx, id);
  if (!payment || !before) throw new Error(`refund ${id} or its payment does not exist`);
  if (contradictsRefund(before, result)) {
    await flagContradiction(trx, payment, before, result, now);
    return { refund: before, payment, outcome: 'refund_contradicted' };
  }
  if (before.status !== 'pending') return { refund: before, payment, outcome: 'unchanged' };
  const refund = await storeRefundResult(trx, before, result.status, now);
  const outcome = result.status === 'succeeded' ? 'money_out' : 'no_money';
  await closeAttention(trx, { paymentId: payment_id, reason: 'refund_overdue', refundId: id }, outcome, now);
  if (refund.duplicate === 1) {
    await recordSecondChargeRefund(trx, payment, refund, result.source, now);
    return { refund, payment, outcome: 'applied' };
  }
  const after =
    refund.status === 'succeeded' ? await giveBack(trx, payment, refund, result.source, now) : payment;
  await queueRefundNotification(trx, after, refund, now);
  if (refund.status === 'succeeded') await resolveLateRefund(trx, refund.id, now);
  return { refund, payment: after, outcome: 'applied' };
}

/** Writes how a refund has ended. `amount`: kopecks, where another sum went out than was asked for. */
export async function storeRefundResult(
  trx: Writer,
  { id, payment_id }: RefundRow,
  status: RefundResult['status'],
  now: number,
  amount?: number,
): Promise<RefundRow> {
  const refund = await trx
    .updateTable('refunds')
    .set({ status, updated_at: now, ...(amount === undefined ? {} : { amount }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  logAfterCommit(trx, {
    level: 'info',
    fields: {
      payment_id,
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

/** A second charge is no money of the payment's: its refund is told by attention, and changes no sum. */
export async function recordSecondChargeRefund(
  trx: Writer,
  payment: Payment,
  { id, reference, status }: RefundRow,
  source: Cause['source'],
  now: number,
): Promise<void> {
  const reason = status === 'succeeded' ? 'duplicate_refund_succeeded' : 'duplicate_refund_failed';
  await addEvent(trx, payment, payment, { event: `refund.${status}`, source }, reason, now);
  await queueAttention(trx, payment, { reason, reference, refund_id: id }, now);
  // After a failed refund the attention that was just opened asks for the rest.
  const outcome = status === 'succeeded' ? 'money_out' : 'no_effect';
  await closeAttention(trx, { paymentId: payment.id, reason: 'paid_twice', refundId: id }, outcome, now);
}

function giveBack(
  trx: Writer,
  payment: Payment,
  refund: RefundRow,
  source: Cause['source'],
  now: number,
): Promise<Payment> {
  return updateRefundedAmount(
    trx,
    payment,
    payment.refundedAmount + refund.amount,
    { event: 'refund.succeeded', source },
    now,
  );
}

/** Writes how much has gone back, and the status that says so. The provider's own word may have counted it before. */
export async function updateRefundedAmount(
  trx: Writer,
  payment: Payment,
  refunded: number,
  cause: Cause,
  now: number,
): Promise<Payment> {
  const counted = { ...payment, refundedAmount: Math.max(0, refunded) };
  const refundedAmount = await refundedTotal(trx, counted);
  const status =
    refundedAmount === payment.amount ? 'refunded' : refundedAmount > 0 ? 'partial_refunded' : 'paid';
  return record(trx, payment, { status, refundedAmount }, cause, now);
}
