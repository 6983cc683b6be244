import type { Context } from '../context.ts';
import { queueRenewalNotification } from '../model/merchant-webhooks.ts';
import { isOpen } from '../../../protocol/status.ts';
import { addAttempt, hasAttemptLeft, leaveAttempt } from '../model/attempts.ts';
import { registerWithProvider } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, type Payment } from '../model/payment.ts';
import { hasProviderForPayment, providerForMethod } from './provider-for-method.ts';
import { record } from '../model/update.ts';

const HOUR_MS = 3_600_000;
/** A code that would live for less is not worth a renewal. */
const SHORTEST_MS = 60_000;

type Terms = Pick<Context, 'config' | 'now'>;

/**
 * Until when (unix ms) a payer may begin anew, and until when the code they get then may live: so long after the time to
 * pay was first up. `null` when there will be no renewal: not wanted, too late, nobody to ask, or the payment is over.
 */
export function renewableUntil({ config, now }: Terms, payment: Payment): number | null {
  const { status, renewable, firstExpiredAt, expiresAt } = payment;
  const open = isOpen(status);
  if (!renewable || config.renewHours === 0 || !hasAttemptLeft(payment)) return null;
  if (!hasProviderForPayment({ config }, payment)) return null;
  if (!open && status !== 'expired') return null;
  const until = (firstExpiredAt ?? expiresAt) + config.renewHours * HOUR_MS;
  const soonest = Math.max(now(), open ? expiresAt : 0);
  return until - soonest < SHORTEST_MS ? null : until;
}

/** Whether a fresh QR may be had: the time is up, nothing else has happened, and a renewal is still allowed. */
export function canRenew(terms: Terms, payment: Payment): boolean {
  return payment.status === 'expired' && renewableUntil(terms, payment) !== null;
}

/**
 * A fresh QR in place: a new attempt at the provider under the same payment and token, with the time it was first
 * given, as far as renewals are allowed. The old QR is closed; money that still arrives on it pays this payment, once. The
 * merchant is told. Returns `null` when the payment is not expired, or may not be renewed (any more).
 */
export async function renewPayment(ctx: Context, paymentId: string): Promise<Payment | null> {
  const renewed = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    const until = payment && renewableUntil(ctx, payment);
    if (payment?.status !== 'expired' || until === null) return null;
    const now = ctx.now();
    const deadline = Math.min(now + payment.lifetime, until);
    // While nothing is chosen there is nothing to renew but the time.
    await leaveAttempt(trx, payment);
    const offered = isOffered(payment) ? payment : null;
    const provider = offered && providerForMethod(ctx, offered, offered.method);
    const attempt =
      offered && provider
        ? await addAttempt(trx, offered, { provider, method: offered.method, deadline }, now)
        : {};
    const after = await record(
      trx,
      payment,
      { ...attempt, status: 'created', deadline, expiresAt: deadline },
      { event: 'payment.renewed', source: 'payer' },
      now,
    );
    await queueRenewalNotification(trx, after, { renewableUntil: renewableUntil(ctx, after) }, now);
    return after;
  });
  if (!renewed) return null;
  ctx.announce(renewed);
  return registerWithProvider(ctx, renewed);
}
