import type { Writer } from '../../store/store.ts';
import { registerWithProvider, type RegisterContext } from './register-with-provider.ts';
import type { Method } from '../../../protocol/snapshot.ts';
import type { Customer } from '../../providers/provider.ts';
import { addAttempt } from '../model/attempts.ts';
import { addEvent } from '../model/events.ts';
import { newId } from '../../lib/ids.ts';
import { ORPHANED_AFTER_MS } from '../model/next-check.ts';
import { toPayment, type Payment } from '../model/payment.ts';

/** A validated payment request. Times are unix ms, money is kopecks. */
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
  /** Whether the payer may renew the payment after it expired. Defaults to `true`. */
  readonly renewable?: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Creates a payment. The payment is stored before the provider is called, under an id that is also the provider's
 * idempotency key: a crash or a lost answer leads to this one payment, not to a second QR. If the provider cannot be
 * reached, the payment is returned with `presentation: pending`, and the reconciler registers it later.
 *
 * `reserve` runs in the transaction that stores the payment; nothing is stored if it throws.
 */
export async function createPayment(
  ctx: RegisterContext,
  request: PaymentRequest,
  reserve: (trx: Writer, paymentId: string) => Promise<void>,
): Promise<Payment> {
  const id = newId('pay');
  const stored = await ctx.store.write(async (trx) => {
    const payment = await insertPayment(trx, { id, request, config: ctx.config, now: ctx.now() });
    await reserve(trx, id);
    return payment;
  });
  ctx.metrics.paymentReached(stored.status, stored.provider);
  const payment = await registerWithProvider(ctx, stored);
  // The provider could not be reached, or the payer has not chosen a method. Announcing wakes the reconciler, which may
  // have nothing planned for a long time.
  if (payment.providerPaymentId === null) ctx.announce(payment);
  return payment;
}

interface NewPayment {
  readonly id: string;
  readonly request: PaymentRequest;
  readonly config: RegisterContext['config'];
  readonly now: number;
}

async function insertPayment(trx: Writer, { id, request, config, now }: NewPayment): Promise<Payment> {
  const [first, ...others] = request.methods;
  // With several methods, the payer chooses first. The provider is called after that.
  const chosen = others.length === 0 ? { method: first, provider: config.methods[first]! } : null;
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
      test: config.test ? 1 : 0,
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
      // If the process crashes before the provider answers, the reconciler registers the payment at this time.
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
