import type { Reader } from '../store/store.ts';
import { findOpenAttention } from './attention.ts';
import type { Payment } from './payment.ts';

/** The sums that count against a payment's money, in kopecks. Second charges and their refunds are left out. */
export interface MoneyOut {
  /** Refunds that were begun and whose end is not known. */
  readonly pending: number;
  /** Money that may have gone out outside our own books, by open attention; never more than is left without it. */
  readonly reserved: number;
  /** The sum that may still be refunded. */
  readonly left: number;
}

export async function moneyOut(db: Reader, payment: Payment): Promise<MoneyOut> {
  const refunds = await db
    .selectFrom('refunds')
    .select('amount')
    .where('payment_id', '=', payment.id)
    .where('duplicate', '=', 0)
    .where('status', '=', 'pending')
    .execute();
  const pending = refunds.reduce((sum, { amount }) => sum + amount, 0);
  const open = await findOpenAttention(db, payment.id);
  const unreserved = Math.max(0, payment.amount - payment.refundedAmount - pending);
  const reserved = open.reduce((sum, { reserved_amount }) => sum + (reserved_amount ?? unreserved), 0);
  return { pending, reserved: Math.min(reserved, unreserved), left: Math.max(0, unreserved - reserved) };
}

/** Whether it is open to doubt that the payment's money ever came. */
export async function isPaidInDoubt(db: Reader, paymentId: string): Promise<boolean> {
  const open = await findOpenAttention(db, paymentId);
  return open.some(({ reason }) => reason === 'paid_contradicted');
}
