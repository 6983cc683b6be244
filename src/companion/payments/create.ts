import type { Context } from '../context.ts';
import type { Writer } from '../store/store.ts';
import { attachProvider } from './attach.ts';
import type { PaymentRequest } from './request.ts';
import { newId } from './ids.ts';
import { toPayment, type Payment } from './payment.ts';

/**
 * Creates a payment. The intent is on disk before the provider hears of it, under an id that is also the provider's
 * idempotency key: a crash or a lost answer ends in this one payment, not in a second QR. When the provider cannot
 * be reached the payment is answered as it stands (`presentation: pending`) and attached as soon as it can be.
 *
 * `reserve` runs in the transaction that stores the intent; throwing there leaves nothing behind.
 */
export async function createPayment(
  ctx: Context,
  request: PaymentRequest,
  reserve: (trx: Writer, paymentId: string) => Promise<void>,
): Promise<Payment> {
  const id = newId('pay');
  const intent = await ctx.store.write(async (trx) => {
    const payment = await insertIntent(ctx, trx, id, request);
    await reserve(trx, id);
    return payment;
  });
  ctx.metrics.paymentReached(intent.status, intent.provider);
  return attachProvider(ctx, intent);
}

async function insertIntent(
  ctx: Context,
  trx: Writer,
  id: string,
  request: PaymentRequest,
): Promise<Payment> {
  const now = ctx.now();
  const row = await trx
    .insertInto('payments')
    .values({
      id,
      order_id: request.orderId,
      amount: request.amount,
      currency: request.currency,
      description: request.description,
      status: 'created',
      late: 0,
      version: 1,
      method: request.methods[0],
      methods_json: JSON.stringify(request.methods),
      provider: request.provider,
      provider_payment_id: null,
      qr_id: null,
      presentation_json: JSON.stringify({ kind: 'pending' }),
      return_url: request.returnUrl,
      callback_url: request.callbackUrl,
      customer_json: JSON.stringify(request.customer),
      metadata_json: JSON.stringify(request.metadata),
      expires_at: request.expiresAt,
      created_at: now,
      updated_at: now,
      paid_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('payment_events')
    .values({
      payment_id: id,
      version: 1,
      event: 'payment.created',
      status_before: 'created',
      status_after: 'created',
      source: 'merchant',
      note: null,
      created_at: now,
    })
    .execute();
  return toPayment(row);
}
