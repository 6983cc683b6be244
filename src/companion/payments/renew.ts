import type { Context } from '../context.ts';
import { addAttempt, hasAttemptLeft, markForClosing } from './attempts.ts';
import { attachProvider } from './attach.ts';
import { findPayment } from './find.ts';
import { isOffered, type Payment } from './payment.ts';
import { hasProvider, providerFor } from './provider-for.ts';
import { record } from './record.ts';

/** Whether a fresh QR may be had: the time is up, nothing else has happened, and an attempt is left for it. */
export function canRenew(payment: Payment): boolean {
  return payment.status === 'expired' && hasAttemptLeft(payment);
}

/**
 * A fresh QR in place: a new attempt at the provider under the same payment and token, with the time it was first
 * given. The old QR is closed; money that still arrives on it pays this payment, once. Answers `null` when the
 * payment is not expired, or was renewed too often.
 */
export async function renewPayment(ctx: Context, paymentId: string): Promise<Payment | null> {
  const renewed = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment || !canRenew(payment) || !hasProvider(ctx, payment)) return null;
    const now = ctx.now();
    const deadline = now + payment.lifetime;
    // While nothing is chosen there is nothing to renew but the time.
    const offered = isOffered(payment) ? payment : null;
    const provider = offered && providerFor(ctx, offered, offered.method);
    if (offered) await markForClosing(trx, offered.reference);
    return record(
      trx,
      payment,
      {
        ...(offered &&
          provider &&
          (await addAttempt(trx, offered, { provider, method: offered.method }, now))),
        status: 'created',
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
