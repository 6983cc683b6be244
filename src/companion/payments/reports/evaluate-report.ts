import type { PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { hasMoney } from '../model/attempts.ts';
import { REFUND_STATUSES, type Outcome } from '../model/outcome.ts';
import { contradictsTest, type Payment } from '../model/payment.ts';

export interface Evaluation {
  /** The payment's next status; `null` when the report does not change the status. */
  readonly status: PaymentStatus | null;
  /** Why the report is not applied as it is; `null` when it is. */
  readonly refusal: Exclude<Outcome, 'applied' | 'unchanged' | 'unknown_payment'> | null;
}

interface Circumstances {
  readonly payment: Payment;
  readonly attempt: AttemptRow;
  /** True if the report is the answer to a status query, so it is current. A webhook may be out of order. */
  readonly isStatusAnswer: boolean;
  readonly now: number;
}

/** Decides what a report means for its payment. Reads only its arguments and changes nothing. */
export function evaluateReport(report: ProviderReport, circumstances: Circumstances): Evaluation {
  const { payment, attempt } = circumstances;
  const status = interpretStatus(report.status, circumstances);
  if (contradictsTest(payment, report)) {
    // An end without money is still applied, so that the payer does not wait.
    const endsUnpaid =
      status !== null && UNPAID_ENDS.includes(status) && attempt.reference === payment.reference;
    return { status: endsUnpaid ? status : null, refusal: 'test_contradicted' };
  }
  const refusal = findRefusal(payment, attempt, { ...report, status });
  if (refusal === null) return { status, refusal };
  return { status: mayBePaying(payment, attempt, refusal) ? 'processing' : null, refusal };
}

/** The allowed difference between the provider's clock and ours, ms. */
const CLOCK_SKEW_MS = 10_000;

const UNPAID_ENDS: readonly PaymentStatus[] = ['failed', 'expired', 'canceled'];

/** Translates the reported status into the status that it means for this payment. */
function interpretStatus(
  reported: PaymentStatus | null,
  { payment, isStatusAnswer, now }: Circumstances,
): PaymentStatus | null {
  if (isStatusAnswer && payment.paidAt === null) {
    // The payment was paid and refunded between two status queries. Of a full refund nothing is left to record as paid.
    // After a partial refund, the next answer reports the refund.
    if (reported === 'refunded') return payment.status === 'expired' ? 'expired' : 'canceled';
    if (reported === 'partial_refunded') return 'paid';
  }
  // Some providers report an expired code as canceled, although nobody here has canceled it. After an expiry the payer can
  // get a new code, after a cancel not. Only the merchant cancels an expired payment.
  const isTimeUp =
    payment.status === 'expired' ||
    (payment.status === 'created' && payment.expiresAt - CLOCK_SKEW_MS <= now);
  if (reported === 'canceled' && isTimeUp) return 'expired';
  // A canceled payment stays canceled when the provider calls its closed code expired.
  return reported === 'expired' && payment.status === 'canceled' ? 'canceled' : reported;
}

function findRefusal(payment: Payment, attempt: AttemptRow, report: ProviderReport): Evaluation['refusal'] {
  const { status, amount, currency } = report;
  if (status === null && !report.presentation && !report.wantsConfirmation) return 'unknown_status';
  if (status !== null && REFUND_STATUSES.includes(status)) {
    if (payment.paidAt === null) return 'premature';
    // Only refunds of the paid attempt count, even if another attempt is on offer since. Refunds of a second charge are
    // made by us.
    return attempt.state === 'paid' ? null : 'replaced_attempt';
  }
  if (status === 'paid' || report.wantsConfirmation) {
    const otherAmount = amount !== null && amount !== payment.amount;
    const otherCurrency = currency !== null && currency !== payment.currency;
    if (otherAmount || otherCurrency) return 'amount_mismatch';
  }
  if (status === 'paid') {
    if (amount === null && !hasMoney(attempt)) return 'amount_missing';
    if (payment.status === 'failed') return 'paid_after_failure';
    const paidByAnother = payment.paidAt !== null && attempt.state !== 'paid';
    return paidByAnother ? 'paid_twice' : null;
  }
  if (contradictsPaid(payment, attempt, status)) return 'paid_contradicted';
  return attempt.reference === payment.reference ? null : 'replaced_attempt';
}

/**
 * True if the provider now reports that money never came which it has reported as paid before. Two cases are excluded: a
 * late payment was rightly `expired` or `canceled` earlier, so such a report may only be out of order; and a fully refunded
 * payment has no money left to contradict.
 */
function contradictsPaid(
  { late, paidAt, status: before }: Payment,
  attempt: AttemptRow,
  status: PaymentStatus | null,
): boolean {
  if (!hasMoney(attempt) || paidAt === null || before === 'refunded') return false;
  return status === 'failed' || (!late && (status === 'expired' || status === 'canceled'));
}

/**
 * True if money may already be moving: paid with an unknown amount, or a scanned code with an unknown result. Then no code
 * is charged or shown again until the provider or a person clears the doubt.
 */
function mayBePaying(
  { status, reference, chargePayload }: Payment,
  attempt: AttemptRow,
  refusal: Evaluation['refusal'],
): boolean {
  return (
    status === 'created' &&
    attempt.reference === reference &&
    (refusal === 'amount_missing' ||
      (chargePayload !== null && (refusal === 'amount_mismatch' || refusal === 'unknown_status')))
  );
}
