import type { Attention } from '../payments/model/attention.ts';
import { failureReasonOf } from '../payments/model/failure-reason.ts';
import { isLate, type Payment } from '../payments/model/payment.ts';
import { newId } from '../lib/ids.ts';
import type { RefundRow } from '../store/schema.ts';
import { prepared } from '../store/prepared.ts';
import type { Writer } from '../store/store.ts';

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
  await queue(trx, payment, `payment.${payment.status}`, now, {
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
  await queue(trx, payment, 'payment.renewed', now, {
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
  await queue(trx, payment, `refund.${refund.status}`, now, {
    refund_id: refund.id,
    amount: refund.amount,
    currency: payment.currency,
    status: refund.status,
    payment_status: payment.status,
    refunded_amount: payment.refundedAmount,
    failure_reason: failureReasonOf(refund),
  });
}

/** Queues `payment.attention`: a person should look at the payment, which has not changed. */
export async function queueAttentionNotification(
  trx: Writer,
  payment: Payment,
  attention: { readonly attention_id: string } & Attention,
  now: number,
): Promise<void> {
  await queue(trx, payment, 'payment.attention', now, {
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    ...attention,
  });
}

async function queue(
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
  await insertDelivery(
    trx,
    newDelivery({ paymentId: payment.id, event, url: payment.callbackUrl, body }, now),
  );
}

const insertDelivery = prepared((trx, row: ReturnType<typeof newDelivery>) =>
  trx.insertInto('deliveries').values(row),
);

interface Message {
  /** `null` for a test, which belongs to no payment. */
  readonly paymentId: string | null;
  readonly event: string;
  readonly url: string;
  readonly body: object;
}

/** A row of the outbox, due at once. */
export function newDelivery({ paymentId, event, url, body }: Message, now: number) {
  const { host, origin, pathname } = new URL(url);
  return {
    delivery_id: newId('dlv'),
    payment_id: paymentId,
    event,
    url,
    host,
    endpoint: `${origin}${pathname}`,
    body: JSON.stringify(body),
    attempts: 0,
    next_attempt_at: now,
    retry_from: now,
    delivered_at: null,
    last_status: null,
    last_error: null,
    created_at: now,
  };
}
