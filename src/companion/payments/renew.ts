import type { Context } from '../context.ts';
import { addAttempt, findAttempts, markForClosing, MAX_ATTEMPTS } from './attempts.ts';
import { attachProvider } from './attach.ts';
import { findPayment } from './find.ts';
import { isOffered, type Payment } from './payment.ts';
import { record } from './record.ts';

/** Whether a fresh QR may be had: the time is up and nothing else has happened. */
export function canRenew(payment: Payment): boolean {
  return payment.status === 'expired';
}

/**
 * A fresh QR in place: a new attempt at the provider under the same payment and token, with the time it was first
 * given. The old QR is closed; money that still arrives on it pays this payment, once. Answers `null` when the
 * payment is not expired, or was renewed too often.
 */
export async function renewPayment(ctx: Context, paymentId: string): Promise<Payment | null> {
  const renewed = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment || !canRenew(payment)) return null;
    const attempts = await findAttempts(trx, paymentId);
    if (attempts.length >= MAX_ATTEMPTS) return null;
    const now = ctx.now();
    let reference: string | null = null;
    if (isOffered(payment)) {
      await markForClosing(trx, payment.reference);
      reference = await addAttempt(trx, paymentId, payment, now);
    }
    const deadline = now + payment.lifetime;
    return record(
      trx,
      payment,
      {
        status: 'created',
        reference,
        providerPaymentId: null,
        qrId: null,
        presentation: { kind: 'pending' },
        chargePayload: null,
        deadline,
        expiresAt: deadline,
      },
      { event: 'payment.renewed', source: 'payer' },
      now,
    );
  });
  if (!renewed) return null;
  ctx.announce(renewed);
  return attachProvider(ctx, renewed);
}
