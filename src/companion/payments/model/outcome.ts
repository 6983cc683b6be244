import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Payment } from './payment.ts';

/** The outcome of a report. Only `applied` changed the payment. */
export type Outcome =
  | 'applied'
  | 'unchanged'
  | 'unknown_payment'
  /** The report of a refund came before the report of its payment, or before the answer to our own request. */
  | 'premature'
  | 'unknown_status'
  /** The report is about an attempt that another one has replaced. */
  | 'replaced_attempt'
  /** The refund matches none of ours for certain: it was made in the provider's cabinet, or is one of several. */
  | 'unmatched_refund'
  /** The report contradicts the earlier end or amount of a refund. A person has to find out. */
  | 'refund_contradicted'
  | OddMoney;

/** Money that is not simply this payment's. A person has to know. */
export type OddMoney =
  /** The amount or currency is not the requested one. It never counts as payment. */
  | 'amount_mismatch'
  /** Paid, but the report names no amount. It counts once the amount is known. */
  | 'amount_missing'
  /** A second attempt of one payment was paid. It is refunded automatically where the provider can refund. */
  | 'paid_twice'
  /** A test was reported for a real payment, or real money for a test payment. It never counts as payment. */
  | 'test_contradicted'
  /** Money came after the provider had reported a failure. The order was given up, so a person has to look. */
  | 'paid_after_failure'
  /** The provider takes back its report that the money came. */
  | 'paid_contradicted';

const ODD: readonly Outcome[] = [
  'amount_mismatch',
  'amount_missing',
  'test_contradicted',
  'paid_twice',
  'paid_after_failure',
  'paid_contradicted',
];

export function isOddMoney(outcome: Outcome): outcome is OddMoney {
  return ODD.includes(outcome);
}

export interface Applied {
  readonly outcome: Outcome;
  readonly payment: Payment | null;
  /** True if the reconciler has work to begin now: a confirmation or a refund. */
  readonly followUp?: boolean;
}

export const REFUND_STATUSES: readonly PaymentStatus[] = ['partial_refunded', 'refunded'];
