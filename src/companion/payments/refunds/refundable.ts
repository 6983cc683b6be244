import type { Context } from '../context.ts';
import type { Reader } from '../../store/store.ts';
import { findAttempt, paidReference } from '../model/attempts.ts';
import type { Payment } from '../model/payment.ts';
import { findRefundBalance, isPaidContradicted } from './refund-balance.ts';

/** Why a refund was not begun; nothing has changed then. */
export class RefundRefused extends Error {
  readonly code: 'payment_not_found' | 'not_paid' | 'not_refundable' | 'exceeds_payment' | 'attention_open';
  constructor(code: RefundRefused['code'], message: string) {
    super(message);
    this.name = 'RefundRefused';
    this.code = code;
  }
}

/** What may be given back, and of which attempt's money. */
export async function checkRefundable(
  ctx: Context,
  db: Reader,
  payment: Payment | null,
  asked: number | null,
): Promise<{ amount: number; reference: string }> {
  if (!payment) throw new RefundRefused('payment_not_found', 'There is no such payment.');
  if (payment.status !== 'paid' && payment.status !== 'partial_refunded') {
    throw new RefundRefused('not_paid', `The payment is ${payment.status}: there is nothing to give back.`);
  }
  if (await isPaidContradicted(db, payment.id)) {
    throw new RefundRefused(
      'attention_open',
      'The provider has taken back its word that this payment was paid: resolve its attention first.',
    );
  }
  const reference = await paidReference(db, payment);
  const attempt = await findAttempt(db, reference);
  const { refund: can } = ctx.providers[attempt!.provider].capabilities;
  if (can === 'none') {
    throw new RefundRefused('not_refundable', `${attempt!.provider} gives nothing back by this API.`);
  }
  const { left, reserved } = await findRefundBalance(db, payment);
  if (can === 'once' && (reserved > 0 || (await hasRefund(db, payment.id)))) {
    throw new RefundRefused('not_refundable', `${attempt!.provider} allows one refund a payment.`);
  }
  const amount = asked ?? left;
  if (amount <= 0 || amount > left) {
    const doubt =
      reserved > 0 ? `; ${reserved} kopecks may have gone out already: see the attention of the payment` : '';
    throw new RefundRefused(
      'exceeds_payment',
      left > 0
        ? `must be at most ${left} kopecks, which is what can still be given back${doubt}`
        : `is more than is left: nothing of this payment can be given back${doubt || ' any more'}`,
    );
  }
  return { amount, reference };
}

/** Whether one of its refunds has succeeded, or still may. */
async function hasRefund(db: Reader, paymentId: string): Promise<boolean> {
  const refund = await db
    .selectFrom('refunds')
    .select('id')
    .where('payment_id', '=', paymentId)
    .where('duplicate', '=', 0)
    .where('status', '!=', 'failed')
    .executeTakeFirst();
  return refund !== undefined;
}
