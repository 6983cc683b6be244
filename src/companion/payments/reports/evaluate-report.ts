import type { PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { hasMoney } from '../model/attempts.ts';
import { REFUND_STATUSES, type Outcome } from '../model/outcome.ts';
import { contradictsTest, type Payment } from '../model/payment.ts';

export interface Evaluation {
  /** What the payment is to become; `null` for nothing else than it is. */
  readonly status: PaymentStatus | null;
  /** Why the report is not followed as it stands. */
  readonly refusal: Exclude<Outcome, 'applied' | 'unchanged' | 'unknown_payment'> | null;
}

/** What a report means for its payment. `asked`: it is how things stand now, and no message that others may overtake. */
export function evaluateReport(
  payment: Payment,
  attempt: AttemptRow,
  report: ProviderReport,
  { asked, now }: { readonly asked: boolean; readonly now: number },
): Evaluation {
  const status = interpretStatus(report.status, payment, asked, now);
  if (contradictsTest(payment, report)) {
    // An end without money is still applied: the payer need not wait.
    const over = status !== null && UNPAID_ENDS.includes(status) && attempt.reference === payment.reference;
    return { status: over ? status : null, refusal: 'test_contradicted' };
  }
  const refusal = findRefusal(payment, attempt, { ...report, status });
  if (refusal === null) return { status, refusal };
  return { status: mayBePaying(payment, attempt, refusal) ? 'processing' : null, refusal };
}

/** Its clock and ours are a moment apart. */
const CLOCK_SKEW_MS = 10_000;

const UNPAID_ENDS: readonly PaymentStatus[] = ['failed', 'expired', 'canceled'];

function interpretStatus(
  told: PaymentStatus | null,
  payment: Payment,
  asked: boolean,
  now: number,
): PaymentStatus | null {
  if (asked && payment.paidAt === null) {
    // Money that has come and gone between two questions. What is left of it will be told by the next one.
    if (told === 'refunded') return payment.status === 'expired' ? 'expired' : 'canceled';
    if (told === 'partial_refunded') return 'paid';
  }
  // Some providers have no word for time that is up: they call it canceled, which nobody here has done. It makes a
  // difference to the payer, who may have a fresh code. Only the merchant calls an expired payment off.
  const lapsed =
    payment.status === 'expired' ||
    (payment.status === 'created' && payment.expiresAt - CLOCK_SKEW_MS <= now);
  if (told === 'canceled' && lapsed) return 'expired';
  // Two words for a code that is closed: its payment is over already.
  return told === 'expired' && payment.status === 'canceled' ? 'canceled' : told;
}

function findRefusal(payment: Payment, attempt: AttemptRow, report: ProviderReport): Evaluation['refusal'] {
  const { status, amount, currency } = report;
  if (status === null && !report.presentation && !report.wantsConfirmation) return 'unknown_status';
  if (status !== null && REFUND_STATUSES.includes(status)) {
    if (payment.paidAt === null) return 'premature';
    // Of the money that counts, whatever is on offer since; a second charge's refund is our own.
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
 * Whether the provider says of money that it has told us of that it never came. A payment that was given up before its
 * money came late has been `expired` or `canceled` in its time: such a message may only have been overtaken. One that
 * was given back whole has no money left to speak of.
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
 * Whether the payer has paid for certain, and only how much is not, or the provider has the payer's code in hand, and
 * only how it stands is not known: neither is a code to be charged again, nor another one to be shown, until the
 * provider or a person has made it clear.
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
