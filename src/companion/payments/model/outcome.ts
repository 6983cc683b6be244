import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Payment } from './payment.ts';

/** What became of a report. Only `applied` changed the payment. */
export type Outcome =
  | 'applied'
  | 'unchanged'
  | 'unknown_payment'
  /** A refund's report that has overtaken the payment's, or the answer to our own request. */
  | 'premature'
  | 'unknown_status'
  /** A word on an attempt that another one has replaced. */
  | 'replaced_attempt'
  /** A refund that cannot be told from others: one made in the provider's own cabinet, or one of several of ours. */
  | 'unmatched_refund'
  /** A refund whose end or sum was told otherwise before: a person has to find out. */
  | 'refund_contradicted'
  | OddMoney;

/** Money that is not simply this payment's: a person has to know. */
export type OddMoney =
  /** Another sum or currency than was asked for: never taken for payment. */
  | 'amount_mismatch'
  /** Paid, and of what sum is not said: believed once it is. */
  | 'amount_missing'
  /** A second attempt of one payment was paid: given back by itself, where the provider can. */
  | 'paid_twice'
  /** A test reported of a real payment, or real money of a test one: never taken for payment. */
  | 'test_contradicted'
  /** Money after the provider had said no: the order was given up, so a person has to look. */
  | 'paid_after_failure'
  /** The provider takes its word back that the money has come. */
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
  /** Work that the reconciler is to begin now: a confirmation, a refund. */
  readonly followUp?: boolean;
}

export const REFUND_STATUSES: readonly PaymentStatus[] = ['partial_refunded', 'refunded'];
