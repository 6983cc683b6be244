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
import { flagUncountedRefund, applyRefundReport } from '../refunds/apply-refund-report.ts';

/** What a provider's report means for its payment, in the caller's transaction. */
export async function applyReport(
  trx: Writer,
  provider: string,
  report: ProviderReport | ProviderDelivery,
  cause: Cause,
  now: number,
): Promise<Applied> {
  const attempt = await findReported(trx, provider, report);
  const payment = attempt && (await findPayment(trx, attempt.payment_id));
  if (!payment) return { outcome: 'unknown_payment', payment: null };
  const refund = 'refund' in report ? report.refund : null;
  if (refund && !contradictsTest(payment, report))
    return applyRefundReport(trx, payment, attempt, refund, now);

  const asked = isAnswer(cause);
  const { status, refusal } = evaluateReport(payment, attempt, report, { asked, now });
  // It will be tried again: only what comes of it at last is worth a line.
  if (refusal === 'premature') return { outcome: refusal, payment };
  if (refusal !== 'test_contradicted') await noteEnd(trx, attempt, report);
  let followUp = false;
  if (refusal !== null) {
    await addEvent(trx, payment, payment, cause, refusal, now);
    if (isOddMoney(refusal))
      followUp = await flagDiscrepancy(trx, { payment, attempt, report, reason: refusal }, now);
    if (status === null) return { outcome: refusal, payment, followUp };
  }
  const offered = await updateOffer(trx, payment, attempt, report, cause, now);
  if (refusal === null && report.wantsConfirmation === true) {
    followUp = await requestConfirmation(trx, offered.payment, attempt);
  }
  if (status === null || isBeforeOffer(status, offered.payment)) return { ...offered, followUp };
  if (status === 'paid') await markPaid(trx, { reference: attempt.reference });
  const also = report.receiptUrl ? { receiptUrl: report.receiptUrl } : {};
  const moved = await move(trx, offered.payment, status, cause, now, also);
  if (report.status === 'partial_refunded') await flagUncountedRefund(trx, moved.payment!, attempt, now);
  if (moved.outcome === 'applied' && status === 'paid' && payment.attempts > 1) {
    await closeOtherAttempts(trx, { paymentId: payment.id, paidReference: attempt.reference });
  }
  if (moved.outcome === 'applied' && status === 'paid' && wantsLateBack(offered.payment)) {
    await refundLatePayment(trx, moved.payment!, attempt, report, now);
    followUp = true;
  }
  return moved.outcome === 'applied' ? { ...moved, followUp } : { ...offered, followUp };
}

/**
 * Whatever its provider calls it, what the payer was not shown yet is not being paid: the page would wait for its end,
 * and not show the link when that comes.
 */
function isBeforeOffer(status: PaymentStatus, { presentation, chargePayload }: Payment): boolean {
  return status === 'processing' && presentation.kind === 'pending' && chargePayload === null;
}

/** Keeps what the report tells of the attempt itself: its id, if not known yet, the link that has come, and when it ends. */
async function updateOffer(
  trx: Writer,
  payment: Payment,
  attempt: AttemptRow,
  report: ProviderReport,
  cause: Cause,
  now: number,
): Promise<{ outcome: 'applied' | 'unchanged'; payment: Payment }> {
  const id = report.providerPaymentId ?? attempt.provider_payment_id;
  if (id !== attempt.provider_payment_id) {
    await trx
      .updateTable('attempts')
      .set({ provider_payment_id: id })
      .where('reference', '=', attempt.reference)
      .execute();
  }
  const unchanged = { outcome: 'unchanged', payment } as const;
  if (attempt.reference !== payment.reference || !isOpen(payment.status)) return unchanged;
  const presentation = payment.presentation.kind === 'pending' ? report.presentation : null;
  const expiresAt = Math.min(payment.expiresAt, report.expiresAt ?? Infinity);
  const endsSooner = payment.status === 'created' && expiresAt < payment.expiresAt;
  if (!presentation && !endsSooner && id === payment.providerPaymentId) return unchanged;
  const after = await record(
    trx,
    payment,
    {
      providerPaymentId: id,
      ...(presentation ? { presentation } : {}),
      ...(endsSooner ? { expiresAt } : {}),
    },
    presentation ? { event: 'payment.offered', source: cause.source } : cause,
    now,
  );
  return { outcome: 'applied', payment: after };
}

/** The provider asks before it takes the money: our word for the attempt on offer, and no other. */
async function requestConfirmation(trx: Writer, payment: Payment, attempt: AttemptRow): Promise<boolean> {
  if (attempt.confirm_state !== 'none') return false;
  if (attempt.reference !== payment.reference || !isOpen(payment.status)) {
    await markForClosing(trx, attempt.reference);
    return true;
  }
  await trx
    .updateTable('attempts')
    .set({ confirm_state: 'waiting' })
    .where('reference', '=', attempt.reference)
    .execute();
  return true;
}

const markPaid = prepared((trx, { reference }: { reference: string }) =>
  trx.updateTable('attempts').set({ state: 'paid', close_state: 'none' }).where('reference', '=', reference),
);

const closeOtherAttempts = prepared(
  (trx, { paymentId, paidReference }: { paymentId: string; paidReference: string }) =>
    trx
      .updateTable('attempts')
      .set({ close_state: 'closing', close_tries: 0, next_close_at: null, silent_since: null })
      .where('payment_id', '=', paymentId)
      .where('reference', '!=', paidReference)
      .where('state', 'in', UNPAID),
);
