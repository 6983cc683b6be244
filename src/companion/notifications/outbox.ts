import type { Payment } from '../payments/payment.ts';
import { newId } from '../payments/ids.ts';
import type { Writer } from '../store/store.ts';

/**
 * Queues the webhook that tells the merchant of the payment's new status, in the transaction that changed it: either
 * both are on disk or neither is.
 */
export async function queueNotification(trx: Writer, payment: Payment, now: number): Promise<void> {
  if (payment.callbackUrl === null) return;
  const event = `payment.${payment.status}`;
  await trx
    .insertInto('deliveries')
    .values({
      delivery_id: newId('dlv'),
      payment_id: payment.id,
      event,
      url: payment.callbackUrl,
      body: JSON.stringify({
        event,
        payment_id: payment.id,
        order_id: payment.orderId,
        amount: payment.amount,
        currency: payment.currency,
        status: payment.status,
        late: payment.late,
        version: payment.version,
        ...(payment.paidAt === null ? {} : { paid_at: new Date(payment.paidAt).toISOString() }),
        occurred_at: new Date(now).toISOString(),
        metadata: payment.metadata,
      }),
      attempts: 0,
      next_attempt_at: now,
      delivered_at: null,
      last_status: null,
      last_error: null,
      created_at: now,
    })
    .execute();
}
