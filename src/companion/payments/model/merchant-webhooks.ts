import { queueMessage } from '../../notifications/outbox.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { failureReasonOf } from './failure-reason.ts';
import { isLate, type Payment } from './payment.ts';

/**
 * Queues the webhook that tells the merchant of the payment's new status, in the transaction that changed it: either
 * both are on disk or neither is. `givenBack`: it is paid, and a refund of the whole is begun in the same transaction.
 */
export async function queuePaymentNotification(
  trx: Writer,
  payment: Payment,
  now: number,
  { givenBack = false }: { readonly givenBack?: boolean } = {},
): Promise<void> {
  await queueWebhook(trx, payment, `payment.${payment.status}`, now, {
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    late: isLate(payment),
    ...(payment.refundedAmount === 0 ? {} : { refunded_amount: payment.refundedAmount }),
    // A canceled payment's money: nothing is to be shipped.
    ...(givenBack ? { on_late: 'refund' } : {}),
    ...(payment.receiptUrl === null ? {} : { receipt_url: payment.receiptUrl }),
    ...(payment.paidAt === null ? {} : { paid_at: new Date(payment.paidAt).toISOString() }),
  });
}

/** The same for a payer's new beginning: the payment is `created` again, with the same sum, and may be paid until then. */
export async function queueRenewalNotification(
  trx: Writer,
  payment: Payment,
  { renewableUntil }: { readonly renewableUntil: number | null },
  now: number,
): Promise<void> {
  await queueWebhook(trx, payment, 'payment.renewed', now, {
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    late: isLate(payment),
    expires_at: new Date(payment.expiresAt).toISOString(),
    renewable_until: renewableUntil === null ? null : new Date(renewableUntil).toISOString(),
  });
}

/** The same for a refund's result. */
export async function queueRefundNotification(
  trx: Writer,
  payment: Payment,
  refund: RefundRow,
  now: number,
): Promise<void> {
  await queueWebhook(trx, payment, `refund.${refund.status}`, now, {
    refund_id: refund.id,
    amount: refund.amount,
    currency: payment.currency,
    status: refund.status,
    payment_status: payment.status,
    refunded_amount: payment.refundedAmount,
    failure_reason: failureReasonOf(refund),
  });
}

/** Queues a webhook with what every webhook of a payment holds, and these details. Without a `callback_url`, none. */
export async function queueWebhook(
  trx: Writer,
  payment: Payment,
  event: string,
  now: number,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (payment.callbackUrl === null) return;
  const body = {
    event,
    payment_id: payment.id,
    order_id: payment.orderId,
    test: payment.test,
    ...details,
    version: payment.version,
    occurred_at: new Date(now).toISOString(),
    metadata: payment.metadata,
  };
  await queueMessage(trx, { paymentId: payment.id, event, url: payment.callbackUrl, body }, now);
}
