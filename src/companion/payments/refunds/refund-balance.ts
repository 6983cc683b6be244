import type { RefundRow } from '../../store/schema.ts';
import type { Reader } from '../../store/store.ts';
import { findOpenAttention } from '../model/attention.ts';
import type { Payment } from '../model/payment.ts';

/** The sums that count against a payment's money, in kopecks. Second charges and their refunds are left out. */
export interface RefundBalance {
  /** Refunds that were begun and whose end is not known. */
  readonly pending: number;
  /** Money that may have gone out outside our own books, by open attention; never more than is left without it. */
  readonly reserved: number;
  /** The sum that may still be refunded. */
  readonly left: number;
}

export async function findRefundBalance(db: Reader, payment: Payment): Promise<RefundBalance> {
  const pending = sumOf(await findPendingRefunds(db, payment.id));
  const open = await findOpenAttention(db, payment.id);
  const unreserved = Math.max(0, payment.amount - (await refundedTotal(db, payment)) - pending);
  const reserved = open.reduce((sum, { reserved_amount }) => sum + (reserved_amount ?? unreserved), 0);
  return { pending, reserved: Math.min(reserved, unreserved), left: Math.max(0, unreserved - reserved) };
}

/**
 * Kopecks that have gone out for good, at most the payment's: what was counted, or what single reports and people have
 * told, if that is more. The two differ after more was told than the payment has, or before it was known to be paid.
 */
export async function refundedTotal(
  db: Reader,
  { id, amount, refundedAmount }: Pick<Payment, 'id' | 'amount' | 'refundedAmount'>,
): Promise<number> {
  const succeeded = await db
    .selectFrom('refunds')
    .select('amount')
    .where('payment_id', '=', id)
    .where('duplicate', '=', 0)
    .where('status', '=', 'succeeded')
    .execute();
  const besides = await db
    .selectFrom('attention')
    .select('reserved_amount')
    .where('payment_id', '=', id)
    .where('reason', 'in', ['unmatched_refund', 'paid_contradicted'])
    .where('outcome', '=', 'money_out')
    .execute();
  const told = besides.reduce((sum, { reserved_amount }) => sum + (reserved_amount ?? 0), sumOf(succeeded));
  return Math.min(amount, Math.max(refundedAmount, told));
}

/**
 * Whether a refund may go to a provider that has not heard of it. `wait`: what has gone out, or may have, leaves no room
 * for it, until a person or a provider has told; `never`: what has gone out for good leaves none.
 */
export async function checkBalance(
  db: Reader,
  payment: Payment,
  refund: Pick<RefundRow, 'seq' | 'amount' | 'duplicate'>,
): Promise<'now' | 'wait' | 'never'> {
  const open = await findOpenAttention(db, payment.id);
  const inDoubt = open.some(({ reason }) => reason === 'paid_contradicted');
  // A second charge is no money of the payment's.
  if (refund.duplicate === 1) return inDoubt ? 'wait' : 'now';
  const room = payment.amount - (await refundedTotal(db, payment)) - refund.amount;
  if (room < 0) return 'never';
  const pending = await findPendingRefunds(db, payment.id);
  const before = sumOf(
    pending.filter(({ seq, requests }) => seq !== refund.seq && (requests > 0 || seq < refund.seq)),
  );
  const reserved = open.reduce((sum, { reserved_amount }) => sum + (reserved_amount ?? Infinity), 0);
  return inDoubt || before + reserved > room ? 'wait' : 'now';
}

function findPendingRefunds(
  db: Reader,
  paymentId: string,
): Promise<Pick<RefundRow, 'seq' | 'amount' | 'requests'>[]> {
  return db
    .selectFrom('refunds')
    .select(['seq', 'amount', 'requests'])
    .where('payment_id', '=', paymentId)
    .where('duplicate', '=', 0)
    .where('status', '=', 'pending')
    .execute();
}

function sumOf(refunds: readonly Pick<RefundRow, 'amount'>[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** Whether it is open to doubt that the payment's money ever came. */
export async function isPaidContradicted(db: Reader, paymentId: string): Promise<boolean> {
  const open = await findOpenAttention(db, paymentId);
  return open.some(({ reason }) => reason === 'paid_contradicted');
}
