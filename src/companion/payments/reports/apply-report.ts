import { isOpen, type PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderDelivery, ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { prepared } from '../../store/prepared.ts';
import type { Writer } from '../../store/store.ts';
import { findReported, markForClosing, noteEnd, UNPAID } from '../model/attempts.ts';
import { addEvent, isAnswer, type Cause } from '../model/events.ts';
import { findPayment } from '../model/queries.ts';
import { evaluateReport } from './evaluate-report.ts';
import { refundLatePayment } from '../refunds/late-refund.ts';
import { move } from '../model/transition.ts';
import { flagDiscrepancy } from './payment-discrepancies.ts';
import { isOddMoney, type Applied } from '../model/outcome.ts';
import { contradictsTest, wantsLateBack, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';
import { applyRefundReport, flagUncountedRefund } from '../refunds/apply-refund-report.ts';

interface ReceivedReport {
  readonly provider: string;
  readonly report: ProviderReport | ProviderDelivery;
  readonly cause: Cause;
  readonly now: number;
}

/** Applies a provider's report to its payment, in the caller's transaction. */
export async function applyReport(
  trx: Writer,
  { provider, report, cause, now }: ReceivedReport,
): Promise<Applied> {
  const attempt = await findReported(trx, provider, report);
  const payment = attempt && (await findPayment(trx, attempt.paymentId));
  if (!payment) return { outcome: 'unknown_payment', payment: null };
  const refundReport = 'refund' in report ? report.refund : null;
  if (refundReport && !contradictsTest(payment, report))
    return applyRefundReport(trx, { payment, attempt, refundReport, now });

  const isStatusAnswer = isAnswer(cause);
  const { status, refusal } = evaluateReport(report, { payment, attempt, isStatusAnswer, now });
  // A premature report is retried. Only its final outcome is written to the history.
  if (refusal === 'premature') return { outcome: refusal, payment };
  if (refusal !== 'test_contradicted') await noteEnd(trx, attempt, report);
  let followUp = false;
  if (refusal !== null) {
    await addEvent(trx, payment, payment, cause, refusal, now);
    if (isOddMoney(refusal))
      followUp = await flagDiscrepancy(trx, { payment, attempt, report, reason: refusal }, now);
    if (status === null) return { outcome: refusal, payment, followUp };
  }
  const updated = await updateOffer(trx, { payment, attempt, report, cause, now });
  if (refusal === null && report.wantsConfirmation === true) {
    followUp = await requestConfirmation(trx, updated.payment, attempt);
  }
  if (status === null || isBeforeOffer(status, updated.payment)) return { ...updated, followUp };
  if (status === 'paid') await markPaid(trx, { reference: attempt.reference });
  const also = report.receiptUrl ? { receiptUrl: report.receiptUrl } : {};
  const moved = await move(trx, updated.payment, status, cause, now, also);
  if (report.status === 'partial_refunded')
    await flagUncountedRefund(trx, { payment: moved.payment!, attempt, now });
  if (moved.outcome === 'applied' && status === 'paid' && payment.attempts > 1) {
    await closeOtherAttempts(trx, { paymentId: payment.id, paidReference: attempt.reference });
  }
  if (moved.outcome === 'applied' && status === 'paid' && wantsLateBack(updated.payment)) {
    await refundLatePayment(trx, { payment: moved.payment!, attempt, report, now });
    followUp = true;
  }
  return moved.outcome === 'applied' ? { ...moved, followUp } : { ...updated, followUp };
}

/**
 * True if the provider reports "processing" before the payer has seen a link or code. Nobody is paying yet, and the page
 * would not show a link that comes during "processing".
 */
function isBeforeOffer(status: PaymentStatus, { presentation, chargePayload }: Payment): boolean {
  return status === 'processing' && presentation.kind === 'pending' && chargePayload === null;
}

interface OfferUpdate {
  readonly payment: Payment;
  readonly attempt: AttemptRow;
  readonly report: ProviderReport;
  readonly cause: Cause;
  readonly now: number;
}

/** Stores what the report says about the attempt's offer: the provider's payment id, the link and an earlier expiry. */
async function updateOffer(
  trx: Writer,
  { payment, attempt, report, cause, now }: OfferUpdate,
): Promise<{ outcome: 'applied' | 'unchanged'; payment: Payment }> {
  const providerPaymentId = report.providerPaymentId ?? attempt.providerPaymentId;
  if (providerPaymentId !== attempt.providerPaymentId) {
    await trx
      .updateTable('attempts')
      .set({ providerPaymentId })
      .where('reference', '=', attempt.reference)
      .execute();
  }
  const unchanged = { outcome: 'unchanged', payment } as const;
  if (attempt.reference !== payment.reference || !isOpen(payment.status)) return unchanged;
  const presentation = payment.presentation.kind === 'pending' ? report.presentation : null;
  const expiresAt = Math.min(payment.expiresAt, report.expiresAt ?? Infinity);
  const endsSooner = payment.status === 'created' && expiresAt < payment.expiresAt;
  if (!presentation && !endsSooner && providerPaymentId === payment.providerPaymentId) return unchanged;
  const after = await record(
    trx,
    payment,
    {
      providerPaymentId,
      ...(presentation ? { presentation } : {}),
      ...(endsSooner ? { expiresAt } : {}),
    },
    presentation ? { event: 'payment.offered', source: cause.source } : cause,
    now,
  );
  return { outcome: 'applied', payment: after };
}

/**
 * Marks the attempt for confirmation: the provider takes the money only after we confirm. An attempt that is not on offer
 * any more is closed instead. Returns true if the reconciler has work to do.
 */
async function requestConfirmation(trx: Writer, payment: Payment, attempt: AttemptRow): Promise<boolean> {
  if (attempt.confirmState !== 'none') return false;
  if (attempt.reference !== payment.reference || !isOpen(payment.status)) {
    await markForClosing(trx, attempt.reference);
    return true;
  }
  await trx
    .updateTable('attempts')
    .set({ confirmState: 'waiting' })
    .where('reference', '=', attempt.reference)
    .execute();
  return true;
}

const markPaid = prepared((trx, { reference }: { reference: string }) =>
  trx.updateTable('attempts').set({ state: 'paid', closeState: 'none' }).where('reference', '=', reference),
);

const closeOtherAttempts = prepared(
  (trx, { paymentId, paidReference }: { paymentId: string; paidReference: string }) =>
    trx
      .updateTable('attempts')
      .set({ closeState: 'closing', closeTries: 0, nextCloseAt: null, silentSince: null })
      .where('paymentId', '=', paymentId)
      .where('reference', '!=', paidReference)
      .where('state', 'in', UNPAID),
);
