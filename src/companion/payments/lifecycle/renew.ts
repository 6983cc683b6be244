import type { Context } from '../context.ts';
import { queueRenewalNotification } from '../model/merchant-webhooks.ts';
import { isOpen } from '../../../protocol/status.ts';
import { addAttempt, hasAttemptLeft, leaveAttempt } from '../model/attempts.ts';
import { registerWithProvider, type RegisterContext } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, type Payment } from '../model/payment.ts';
import { hasProviderForPayment, providerForMethod } from './provider-for-method.ts';
import { record } from '../model/update.ts';

const HOUR_MS = 3_600_000;
/** The shortest useful lifetime of a renewed code, ms. */
const SHORTEST_MS = 60_000;

type Terms = Pick<Context, 'config' | 'now'>;

/**
 * Returns the latest time (unix ms) for a renewal, which is also the latest expiry of the renewed code: `renewHours` after
 * the payment first expired. `null` when the payment cannot be renewed: the merchant does not want it, it is too late, no
 * provider is configured, no attempt is left, or the payment is over.
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

/** True if the payer may get a new QR now: the payment is expired and a renewal is still allowed. */
export function canRenew(terms: Terms, payment: Payment): boolean {
  return payment.status === 'expired' && renewableUntil(terms, payment) !== null;
}

/**
 * Gives an expired payment a new QR: a new attempt under the same payment and token. The new code gets the payment's
 * original lifetime, but ends at the latest time for renewals. The old QR is closed; money that still comes by it pays this
 * payment once. The merchant gets a webhook. Returns `null` when the payment is not expired or cannot be renewed (any more).
 */
export async function renewPayment(ctx: RegisterContext, paymentId: string): Promise<Payment | null> {
  const renewed = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    const until = payment && renewableUntil(ctx, payment);
    if (payment?.status !== 'expired' || until === null) return null;
    const now = ctx.now();
    const deadline = Math.min(now + payment.lifetime, until);
    await leaveAttempt(trx, payment);
    // While no method is chosen there is no attempt, so only the deadline is renewed.
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
