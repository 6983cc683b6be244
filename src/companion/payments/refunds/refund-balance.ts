import type { RefundRow } from '../../store/schema.ts';
import type { Reader } from '../../store/store.ts';
import { findOpenAttention } from '../model/attention.ts';
import type { Payment } from '../model/payment.ts';

/** The refund sums of a payment, in kopecks. Second charges and their refunds are not included. */
export interface RefundBalance {
  /** Pending refunds: started, result unknown. */
  readonly pending: number;
  /** Money that may have left without a refund of ours, by open attention. At most the sum that is not refunded or pending. */
  readonly reserved: number;
  /** The sum that can still be refunded. */
  readonly left: number;
}

export async function findRefundBalance(db: Reader, payment: Payment): Promise<RefundBalance> {
  const pending = sumOf(await findPendingRefunds(db, payment.id));
  const open = await findOpenAttention(db, payment.id);
  const unreserved = Math.max(0, payment.amount - (await refundedTotal(db, payment)) - pending);
  const reserved = open.reduce((sum, { reservedAmount }) => sum + (reservedAmount ?? unreserved), 0);
  return { pending, reserved: Math.min(reserved, unreserved), left: Math.max(0, unreserved - reserved) };
}

/**
 * Returns the kopecks that are certainly refunded, at most the payment's amount. This is the larger of two sums: the
 * stored `refundedAmount`, and the succeeded refunds plus the money that people confirmed as gone. The two differ when
 * more was reported than the payment has, or when a refund was reported before the payment was known to be paid.
 */
export async function refundedTotal(
  db: Reader,
  { id, amount, refundedAmount }: Pick<Payment, 'id' | 'amount' | 'refundedAmount'>,
): Promise<number> {
  const succeeded = await db
    .selectFrom('refunds')
    .select('amount')
    .where('paymentId', '=', id)
    .where('duplicate', '=', 0)
    .where('status', '=', 'succeeded')
    .execute();
  const confirmed = await db
    .selectFrom('attention')
    .select('reservedAmount')
    .where('paymentId', '=', id)
    .where('reason', 'in', ['unmatched_refund', 'paid_contradicted'])
    .where('outcome', '=', 'money_out')
    .execute();
  const reported = confirmed.reduce(
    (sum, { reservedAmount }) => sum + (reservedAmount ?? 0),
    sumOf(succeeded),
  );
  return Math.min(amount, Math.max(refundedAmount, reported));
}

/**
 * Decides if a refund that the provider does not know yet may be sent. `wait`: money that is gone, or may be gone, leaves
 * too little for this refund until a person or the provider clears the doubt. `never`: the money that is certainly
 * refunded leaves too little.
 */
export async function checkBalance(
  db: Reader,
  payment: Payment,
  refund: Pick<RefundRow, 'seq' | 'amount' | 'duplicate'>,
): Promise<'now' | 'wait' | 'never'> {
  const open = await findOpenAttention(db, payment.id);
  const isContradicted = open.some(({ reason }) => reason === 'paid_contradicted');
  // The money of a second charge does not belong to the payment's balance.
  if (refund.duplicate === 1) return isContradicted ? 'wait' : 'now';
  const room = payment.amount - (await refundedTotal(db, payment)) - refund.amount;
  if (room < 0) return 'never';
  const pending = await findPendingRefunds(db, payment.id);
  const before = sumOf(
    pending.filter(({ seq, requests }) => seq !== refund.seq && (requests > 0 || seq < refund.seq)),
  );
  const reserved = open.reduce((sum, { reservedAmount }) => sum + (reservedAmount ?? Infinity), 0);
  return isContradicted || before + reserved > room ? 'wait' : 'now';
}

function findPendingRefunds(
  db: Reader,
  paymentId: string,
): Promise<Pick<RefundRow, 'seq' | 'amount' | 'requests'>[]> {
  return db
    .selectFrom('refunds')
    .select(['seq', 'amount', 'requests'])
    .where('paymentId', '=', paymentId)
    .where('duplicate', '=', 0)
    .where('status', '=', 'pending')
    .execute();
}

function sumOf(refunds: readonly Pick<RefundRow, 'amount'>[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** True while the provider contradicts itself about this payment being paid and nobody has resolved that. */
export async function isPaidContradicted(db: Reader, paymentId: string): Promise<boolean> {
  const open = await findOpenAttention(db, paymentId);
  return open.some(({ reason }) => reason === 'paid_contradicted');
}
