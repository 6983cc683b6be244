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
  // Its provider could not be reached, or is not chosen: the caretaker takes it on, who may have planned to sleep for long.
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
      orderId: request.orderId,
      amount: request.amount,
      currency: request.currency,
      description: request.description,
      status: 'created',
      late: 0,
      test: ctx.config.test ? 1 : 0,
      version: 1,
      method: chosen?.method ?? null,
      methodsJson: JSON.stringify(request.methods),
      provider: chosen?.provider ?? null,
      reference: chosen ? id : null,
      providerPaymentId: null,
      qrId: null,
      presentationJson: JSON.stringify({ kind: 'pending' }),
      returnUrl: request.returnUrl,
      callbackUrl: request.callbackUrl,
      customerJson: JSON.stringify(request.customer),
      metadataJson: JSON.stringify(request.metadata),
      lifetime: request.expiresAt - now,
      refundedAmount: 0,
      deadline: request.expiresAt,
      expiresAt: request.expiresAt,
      createdAt: now,
      updatedAt: now,
      paidAt: null,
      // A crash from here on leaves an orphan that is looked for soon.
      nextCheckAt: chosen ? now + ORPHANED_AFTER_MS : request.expiresAt,
      checks: 0,
      attempts: chosen ? 1 : 0,
      chargePayload: null,
      receiptUrl: null,
      firstExpiredAt: null,
      renewable: request.renewable === false ? 0 : 1,
      erasedAt: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (chosen) await addAttempt(trx, { id, attempts: 0 }, { ...chosen, deadline: request.expiresAt }, now);
  const payment = toPayment(row);
  await addEvent(trx, payment, payment, { event: 'payment.created', source: 'merchant' }, null, now);
  return payment;
}
