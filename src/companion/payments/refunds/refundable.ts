import type { Context } from '../context.ts';
import type { Reader } from '../../store/store.ts';
import { findAttempt, paidReference } from '../model/attempts.ts';
import type { Payment } from '../model/payment.ts';
import { findRefundBalance, isPaidContradicted } from './refund-balance.ts';

/** Why a refund was not created. Nothing has changed then. */
export class RefundRefused extends Error {
  readonly code: 'payment_not_found' | 'not_paid' | 'not_refundable' | 'exceeds_payment' | 'attention_open';
  constructor(code: RefundRefused['code'], message: string) {
    super(message);
    this.name = 'RefundRefused';
    this.code = code;
  }
}

/**
 * Returns the amount to refund (kopecks) and the reference of the paid attempt. `amount`: kopecks, or `null` for all that
 * is left. Throws {@link RefundRefused} when the payment, its provider or the balance does not allow this refund.
 */
export async function checkRefundable(
  { providers }: Pick<Context, 'providers'>,
  db: Reader,
  { payment, amount: requested }: { readonly payment: Payment | null; readonly amount: number | null },
): Promise<{ amount: number; reference: string }> {
  if (!payment) throw new RefundRefused('payment_not_found', 'There is no such payment.');
  if (payment.status !== 'paid' && payment.status !== 'partial_refunded') {
    throw new RefundRefused('not_paid', `The payment is ${payment.status}: there is nothing to refund.`);
  }
  if (await isPaidContradicted(db, payment.id)) {
    throw new RefundRefused(
      'attention_open',
      'The provider no longer reports this payment as paid: resolve its attention first.',
    );
  }
  const reference = await paidReference(db, payment);
  const { provider } = (await findAttempt(db, reference))!;
  const { refund: capability } = providers[provider].capabilities;
  if (capability === 'none') {
    throw new RefundRefused('not_refundable', `${provider} has no refunds in its API.`);
  }
  const { left, reserved } = await findRefundBalance(db, payment);
  if (capability === 'once' && (reserved > 0 || (await hasRefund(db, payment.id)))) {
    throw new RefundRefused('not_refundable', `${provider} allows one refund per payment.`);
  }
  const amount = requested ?? left;
  if (amount <= 0 || amount > left) {
    const doubt =
      reserved > 0 ? `; ${reserved} kopecks may have gone out already: see the attention of the payment` : '';
    throw new RefundRefused(
      'exceeds_payment',
      left > 0
        ? `must be at most ${left} kopecks, the sum that can still be refunded${doubt}`
        : `exceeds the balance: nothing of this payment can be refunded${doubt || ' any more'}`,
    );
  }
  return { amount, reference };
}

/** True if the payment has a refund that succeeded or is pending. */
async function hasRefund(db: Reader, paymentId: string): Promise<boolean> {
  const refund = await db
    .selectFrom('refunds')
    .select('id')
    .where('paymentId', '=', paymentId)
    .where('duplicate', '=', 0)
    .where('status', '!=', 'failed')
    .executeTakeFirst();
  return refund !== undefined;
}
