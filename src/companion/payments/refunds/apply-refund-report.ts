import type { RefundReport } from '../../providers/provider.ts';
import type { AttemptRow, RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention, queueAttention } from '../model/attention.ts';
import { addEvent } from '../model/events.ts';
import { keepFailureReason } from '../model/failure-reason.ts';
import type { Applied } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';
import { findRefundBalance } from './refund-balance.ts';
import { matchRefund } from './match-refund.ts';
import { settleRefund } from './settle-refund.ts';
import { countUnidentifiedReport, findSentRefunds, matchUnidentifiedReport } from './match-refund.ts';

/** A provider's word on one of the payment's refunds. */
export async function applyRefundReport(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  report: RefundReport,
  now: number,
): Promise<Applied> {
  const { status, refundId, providerRefundId, amount = null } = report;
  // Neither which one nor how much: there are providers that say no more.
  if (refundId === null && providerRefundId === null && amount === null)
    return applyUnidentifiedReport(trx, payment, attempt, status, now);
  const row = await matchRefund(trx, attempt, report);
  if (!row) {
    if (status !== 'succeeded' || (await isAwaitingId(trx, attempt, amount)))
      return { outcome: 'premature', payment };
    return flagUnmatchedRefund(trx, payment, attempt, report, now);
  }
  if (providerRefundId !== null) {
    // It may have been taken for another's before its name was known.
    const taken = { paymentId: payment.id, reason: 'unmatched_refund', refundId: providerRefundId } as const;
    await closeAttention(trx, taken, 'no_money', now);
  }
  if (status === 'pending') return { outcome: 'unchanged', payment };
  if (status === 'failed') await keepFailureReason(trx, row, report.failureReason);
  const source = `provider:${attempt.provider}`;
  const { payment: after, outcome } = await settleRefund(trx, row, { status, amount, source }, now);
  return { outcome, payment: after };
}

/** Whether it may be a refund of ours whose name at the provider is not known yet: its answer is lost, or on its way. */
async function isAwaitingId(trx: Writer, attempt: AttemptRow, amount: number | null): Promise<boolean> {
  const isNameless = (refund: RefundRow) =>
    refund.provider_refund_id === null &&
    refund.status !== 'failed' &&
    (amount === null || refund.amount === amount);
  return (await findSentRefunds(trx, attempt)).some(isNameless);
}

/** Tells of one of them; see matchUnidentifiedReport for which. */
async function applyUnidentifiedReport(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  status: RefundReport['status'],
  now: number,
): Promise<Applied> {
  if (status !== 'succeeded') return noteUnmatched(trx, payment, attempt, status, now);
  const asked = await findSentRefunds(trx, attempt);
  const refunds = await matchUnidentifiedReport(trx, attempt, asked);
  if (refunds.length === 0) {
    const ours = asked.filter((refund) => refund.status !== 'failed').length;
    // More of them than we have asked for.
    if (attempt.unidentified_refunds >= ours)
      return flagUnmatchedRefund(trx, payment, attempt, { status }, now);
    await countUnidentifiedReport(trx, attempt);
    return noteUnmatched(trx, payment, attempt, status, now);
  }
  await countUnidentifiedReport(trx, attempt);
  const result = { status, amount: null, source: `provider:${attempt.provider}` } as const;
  let after = payment;
  for (const refund of refunds) after = (await settleRefund(trx, refund, result, now)).payment;
  return { outcome: 'applied', payment: after };
}

/**
 * Money that was given back in the provider's own cabinet: the books do not know of it. It counts against the payment
 * until a person has looked; where its sum is not told, all that is left does.
 */
export async function flagUnmatchedRefund(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  {
    status,
    amount = null,
    providerRefundId = null,
  }: Pick<RefundReport, 'status' | 'amount'> & Partial<RefundReport>,
  now: number,
): Promise<Applied> {
  await queueAttention(
    trx,
    payment,
    {
      reason: 'unmatched_refund',
      reference: attempt.reference,
      provider_refund_id: providerRefundId,
      reported_amount: amount,
      reported_currency: amount === null ? null : payment.currency,
      // A second charge is no money of the payment's.
      reserved_amount: attempt.state === 'duplicate' ? 0 : amount,
    },
    now,
  );
  return noteUnmatched(trx, payment, attempt, status, now);
}

/** A status says that a part has gone back, and the books know of none: nobody says how much. */
export async function flagUncountedRefund(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  if (payment.paidAt === null || payment.refundedAmount > 0) return;
  const { pending, reserved } = await findRefundBalance(trx, payment);
  if (pending + reserved === 0)
    await flagUnmatchedRefund(trx, payment, attempt, { status: 'succeeded' }, now);
}

async function noteUnmatched(
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
