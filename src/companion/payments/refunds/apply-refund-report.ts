import type { RefundReport } from '../../providers/provider.ts';
import type { AttemptRow, RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention, queueAttention } from '../model/attention.ts';
import { addEvent } from '../model/events.ts';
import { keepFailureReason } from '../model/failure-reason.ts';
import type { Applied } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';
import {
  countUnidentifiedReport,
  findSentRefunds,
  matchRefund,
  matchUnidentifiedReport,
} from './match-refund.ts';
import { findRefundBalance } from './refund-balance.ts';
import { settleRefund } from './settle-refund.ts';

/** A report about a refund, with the payment and attempt that it belongs to. */
interface ReportedRefund<Report = RefundReport> {
  readonly payment: Payment;
  readonly attempt: AttemptRow;
  readonly refundReport: Report;
  readonly now: number;
}

type Unmatched = Pick<RefundReport, 'status'> & Partial<RefundReport>;

/** Applies a provider's report about one of the payment's refunds, in the caller's transaction. */
export async function applyRefundReport(trx: Writer, reported: ReportedRefund): Promise<Applied> {
  const { payment, attempt, refundReport, now } = reported;
  const { status, refundId, providerRefundId, amount = null } = refundReport;
  // Some providers report only that a refund happened, without its id and amount.
  if (refundId === null && providerRefundId === null && amount === null)
    return applyUnidentifiedReport(trx, reported);
  const refund = await matchRefund(trx, attempt, refundReport);
  if (!refund) {
    if (status !== 'succeeded' || (await isAwaitingId(trx, attempt, amount)))
      return { outcome: 'premature', payment };
    return flagUnmatchedRefund(trx, reported);
  }
  if (providerRefundId !== null) {
    // Before its id was known, this refund may have been flagged as not ours.
    const flagged = {
      paymentId: payment.id,
      reason: 'unmatched_refund',
      refundId: providerRefundId,
    } as const;
    await closeAttention(trx, flagged, 'no_money', now);
  }
  if (status === 'pending') return { outcome: 'unchanged', payment };
  if (status === 'failed') await keepFailureReason(trx, refund, refundReport.failureReason);
  const source = `provider:${attempt.provider}`;
  const { payment: after, outcome } = await settleRefund(trx, refund, { status, amount, source, now });
  return { outcome, payment: after };
}

/** True if the report may be about a sent refund whose provider id is unknown: its answer was lost or is on its way. */
async function isAwaitingId(trx: Writer, attempt: AttemptRow, amount: number | null): Promise<boolean> {
  const isCandidate = (refund: RefundRow) =>
    refund.providerRefundId === null &&
    refund.status !== 'failed' &&
    (amount === null || refund.amount === amount);
  return (await findSentRefunds(trx, attempt)).some(isCandidate);
}

/** Applies a report without refund id and amount. See {@link matchUnidentifiedReport} for the refunds it is about. */
async function applyUnidentifiedReport(trx: Writer, reported: ReportedRefund): Promise<Applied> {
  const { payment, attempt, now } = reported;
  const { status } = reported.refundReport;
  if (status !== 'succeeded') return noteUnmatched(trx, reported);
  const sent = await findSentRefunds(trx, attempt);
  const refunds = await matchUnidentifiedReport(trx, attempt, sent);
  if (refunds.length === 0) {
    const ours = sent.filter((refund) => refund.status !== 'failed').length;
    // There are more success reports than refunds that we have sent.
    if (attempt.unidentifiedRefunds >= ours) return flagUnmatchedRefund(trx, reported);
    await countUnidentifiedReport(trx, attempt);
    return noteUnmatched(trx, reported);
  }
  await countUnidentifiedReport(trx, attempt);
  const result = { status, amount: null, source: `provider:${attempt.provider}`, now } as const;
  let after = payment;
  for (const refund of refunds) after = (await settleRefund(trx, refund, result)).payment;
  return { outcome: 'applied', payment: after };
}

/**
 * Opens an attention for a refund that we have not made, for example one made in the provider's dashboard. Its amount
 * counts against the payment until a person resolves the attention; without an amount, all that is left counts.
 */
export async function flagUnmatchedRefund(
  trx: Writer,
  reported: ReportedRefund<Unmatched>,
): Promise<Applied> {
  const { payment, attempt, refundReport, now } = reported;
  const { amount = null, providerRefundId = null } = refundReport;
  await queueAttention(
    trx,
    payment,
    {
      reason: 'unmatched_refund',
      reference: attempt.reference,
      provider_refund_id: providerRefundId,
      reported_amount: amount,
      reported_currency: amount === null ? null : payment.currency,
      // A second charge is not the payment's money.
      reserved_amount: attempt.state === 'duplicate' ? 0 : amount,
    },
    now,
  );
  return noteUnmatched(trx, reported);
}

/** Flags a `partial_refunded` status of a payment without any refund of ours: the refunded amount is unknown. */
export async function flagUncountedRefund(
  trx: Writer,
  { payment, attempt, now }: Omit<ReportedRefund, 'refundReport'>,
): Promise<void> {
  if (payment.paidAt === null || payment.refundedAmount > 0) return;
  const { pending, reserved } = await findRefundBalance(trx, payment);
  if (pending + reserved > 0) return;
  await flagUnmatchedRefund(trx, { payment, attempt, refundReport: { status: 'succeeded' }, now });
}

async function noteUnmatched(
  trx: Writer,
  { payment, attempt, refundReport: { status }, now }: ReportedRefund<Unmatched>,
): Promise<Applied> {
  const cause = { event: `refund.${status}`, source: `provider:${attempt.provider}` };
  await addEvent(trx, payment, payment, cause, 'unmatched_refund', now);
  return { outcome: 'unmatched_refund', payment };
}
