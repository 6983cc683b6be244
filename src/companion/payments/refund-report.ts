import { queueRefundNotification } from '../notifications/outbox.ts';
import type { RefundReport } from '../providers/provider.ts';
import type { AttemptRow, RefundRow } from '../store/schema.ts';
import type { Writer } from '../store/store.ts';
import { queueAttention } from './attention.ts';
import { addEvent, type Cause } from './events.ts';
import { failureReasonOf, keepFailureReason } from './failure-reason.ts';
import { findPayment } from './find.ts';
import { logAfterCommit } from './history-log.ts';
import type { Applied } from './outcome.ts';
import type { Payment } from './payment.ts';
import { resolveLateRefunded } from './late-refund.ts';
import { record } from './record.ts';
import { adoptReported } from './reported-refund.ts';
import { findAsked, findUnnamed } from './unnamed-refund.ts';

/** A webhook's word on one of the payment's refunds. */
export async function settleReported(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  report: RefundReport,
  now: number,
): Promise<Applied> {
  const { refundId, providerRefundId, amount = null } = report;
  // Neither which one nor how much: there are providers that say no more.
  if (refundId === null && providerRefundId === null && amount === null)
    return settleUnnamed(trx, payment, attempt, report.status, now);
  const row = await adoptReported(trx, attempt, report);
  if (!row) {
    const asked = await findAsked(trx, attempt);
    // One whose answer has not come yet, or had no name in it.
    const mayBeOurs = asked.some(({ provider_refund_id }) => provider_refund_id === null);
    if (mayBeOurs || report.status !== 'succeeded') return { outcome: 'premature', payment };
    return notOurs(trx, payment, attempt, report, now);
  }
  if (report.status === 'pending') return { outcome: 'unchanged', payment };
  if (report.status === 'failed') await keepFailureReason(trx, row, report.failureReason);
  const { payment: after, settled } = await settleRefund(trx, row, report.status, now);
  return { outcome: settled ? 'applied' : 'unchanged', payment: after };
}

/** Tells of one of them; see unnamed-refund.ts for which. */
async function settleUnnamed(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  status: RefundReport['status'],
  now: number,
): Promise<Applied> {
  const asked = await findAsked(trx, attempt);
  if (asked.length === 0 && status === 'succeeded') return notOurs(trx, payment, attempt, { status }, now);
  const refunds = status === 'succeeded' ? await findUnnamed(trx, attempt, asked) : [];
  if (refunds.length === 0) return unmatched(trx, payment, attempt, status, now);
  let after = payment;
  for (const refund of refunds) after = (await settleRefund(trx, refund, 'succeeded', now)).payment;
  return { outcome: 'applied', payment: after };
}

/** Money that was given back in the provider's own cabinet: the merchant's books do not know of it. */
async function notOurs(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  { status, amount = null }: Pick<RefundReport, 'status' | 'amount'>,
  now: number,
): Promise<Applied> {
  const { reference } = attempt;
  await queueAttention(trx, payment, { reason: 'unmatched_refund', reference, reported_amount: amount }, now);
  return unmatched(trx, payment, attempt, status, now);
}

async function unmatched(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  status: RefundReport['status'],
  now: number,
): Promise<Applied> {
  const cause = { event: `refund.${status}`, source: `provider:${attempt.provider}` };
  await addEvent(trx, payment, payment, cause, 'unmatched_refund', now);
  return { outcome: 'unmatched_refund', payment };
}

/** The end of a refund, once: in the payment, in its history and in the outbox. `source`: who says so, if no provider does. */
export async function settleRefund(
  trx: Writer,
  { id, payment_id }: RefundRow,
  status: 'succeeded' | 'failed',
  now: number,
  source?: Cause['source'],
): Promise<{ refund: RefundRow; payment: Payment; settled: boolean }> {
  const finished = await trx
    .updateTable('refunds')
    .set({ status, updated_at: now })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  const refund =
    finished ?? (await trx.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirstOrThrow());
  const before = await findPayment(trx, payment_id);
  if (!before) throw new Error('a refund without its payment');
  if (!finished) return { refund, payment: before, settled: false };
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
  if (refund.duplicate === 1) {
    const reason = `duplicate_refund_${status}` as const;
    await addEvent(
      trx,
      before,
      before,
      { event: `refund.${status}`, source: source ?? 'clock' },
      reason,
      now,
    );
    await queueAttention(trx, before, { reason, reference: refund.reference, refund_id: refund.id }, now);
    return { refund, payment: before, settled: true };
  }
  const after =
    status === 'succeeded' ? await giveBack(trx, before, refund, now, source ?? 'merchant') : before;
  await queueRefundNotification(trx, after, refund, now);
  if (status === 'succeeded') await resolveLateRefunded(trx, refund.id, now);
  return { refund, payment: after, settled: true };
}

function giveBack(
  trx: Writer,
  payment: Payment,
  refund: RefundRow,
  now: number,
  source: Cause['source'],
): Promise<Payment> {
  // The provider's own word may have come first, and have counted it all.
  const refundedAmount = Math.min(payment.amount, payment.refundedAmount + refund.amount);
  const status = refundedAmount === payment.amount ? 'refunded' : 'partial_refunded';
  return record(trx, payment, { status, refundedAmount }, { event: 'refund.succeeded', source }, now);
}
