import type { Context } from '../context.ts';
import type { Writer } from '../../store/store.ts';
import { registerWithProvider } from './register-with-provider.ts';
import type { Method } from '../../../protocol/snapshot.ts';
import type { Customer } from '../../providers/provider.ts';
import { addAttempt } from '../model/attempts.ts';
import { addEvent } from '../model/events.ts';
import { newId } from '../../lib/ids.ts';
import { ORPHANED_AFTER_MS } from '../model/next-check.ts';
import { toPayment, type Payment } from '../model/payment.ts';

/** A payment request that can be carried out. Times are unix ms, money is kopecks. */
export interface PaymentRequest {
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly expiresAt: number;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly customer: Customer;
  readonly methods: readonly [Method, ...Method[]];
  /** Whether the payer may begin anew after expiry; yes unless given. */
  readonly renewable?: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

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
  const payment = await registerWithProvider(ctx, intent);
  // Its provider could not be reached, or is not chosen: the reconciler, which may be asleep, takes it on.
  if (payment.providerPaymentId === null) ctx.announce(payment);
  return payment;
}

async function insertIntent(
  ctx: Context,
  trx: Writer,
  id: string,
  request: PaymentRequest,
): Promise<Payment> {
  const now = ctx.now();
  const [first, ...others] = request.methods;
  // With several on offer the payer chooses, and only then is a provider asked.
  const chosen = others.length === 0 ? { method: first, provider: ctx.config.methods[first]! } : null;
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
      test: ctx.config.test ? 1 : 0,
      version: 1,
      method: chosen?.method ?? null,
      methods_json: JSON.stringify(request.methods),
      provider: chosen?.provider ?? null,
      reference: chosen ? id : null,
      provider_payment_id: null,
      qr_id: null,
      presentation_json: JSON.stringify({ kind: 'pending' }),
      return_url: request.returnUrl,
      callback_url: request.callbackUrl,
      customer_json: JSON.stringify(request.customer),
      metadata_json: JSON.stringify(request.metadata),
      lifetime: request.expiresAt - now,
      refunded_amount: 0,
      deadline: request.expiresAt,
      expires_at: request.expiresAt,
      created_at: now,
      updated_at: now,
      paid_at: null,
      // A crash from here on leaves an orphan that is looked for soon.
      next_check_at: chosen ? now + ORPHANED_AFTER_MS : request.expiresAt,
      checks: 0,
      attempts: chosen ? 1 : 0,
      charge_payload: null,
      receipt_url: null,
      first_expired_at: null,
      renewable: request.renewable === false ? 0 : 1,
      erased_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (chosen) await addAttempt(trx, { id, attempts: 0 }, { ...chosen, deadline: request.expiresAt }, now);
  const payment = toPayment(row);
  await addEvent(trx, payment, payment, { event: 'payment.created', source: 'merchant' }, null, now);
  return payment;
}
