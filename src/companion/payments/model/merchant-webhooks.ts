import { queueMessage } from '../../notifications/outbox.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { failureReasonOf } from './failure-reason.ts';
import { isLate, type Payment } from './payment.ts';

/**
 * Queues the webhook about the payment's new status, in the transaction that changes the status: either both are on disk or
 * neither is. `givenBack` is true if the payment is paid and its full refund begins in the same transaction.
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
    // The money of a canceled payment goes back: the shop must not ship.
    ...(givenBack ? { on_late: 'refund' } : {}),
    ...(payment.receiptUrl === null ? {} : { receipt_url: payment.receiptUrl }),
    ...(payment.paidAt === null ? {} : { paid_at: new Date(payment.paidAt).toISOString() }),
  });
}

/**
 * Queues the webhook about a renewal by the payer: the payment is `created` again with the same amount, and may be paid until
 * its new `expires_at`.
 */
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

/** Queues the webhook about the result of a refund. */
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

/** Queues a webhook with the common fields and these details. Does nothing if the payment has no `callback_url`. */
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
