import type { Method } from '../../../protocol/snapshot.ts';
import { addAttempt, hasAttemptLeft, leaveAttempt } from '../model/attempts.ts';
import { registerWithProvider, type RegisterContext } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import { providerForMethod } from './provider-for-method.ts';
import { record } from '../model/update.ts';

export interface MethodChoice {
  readonly method: Method;
  /** `7XXXXXXXXXX`, for methods that send a push message; `null` when the payer gave none. */
  readonly phone: string | null;
}

/** True if the payer may choose another method: no payment is in progress, there are several methods, and an attempt is left. */
export function canChooseMethod(payment: Payment): boolean {
  return (
    payment.status === 'created' &&
    payment.methods.length > 1 &&
    payment.chargePayload === null &&
    hasAttemptLeft(payment)
  );
}

/**
 * Switches the payment to the payer's method: a new attempt at that method's provider, under the same payment and token.
 * The previous attempt is closed. If it is paid anyway, it counts and the new one is closed (see payment-discrepancies.ts
 * for two paid attempts). Choosing the current method changes nothing. Returns `null` when the payer cannot choose (any more).
 */
export async function chooseMethod(
  ctx: RegisterContext,
  paymentId: string,
  { method, phone }: MethodChoice,
): Promise<Payment | null> {
  const chosen = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (payment?.status === 'created' && payment.method === method) return payment;
    const provider = payment && providerForMethod(ctx, payment, method);
    if (!payment || !provider || !canChooseMethod(payment) || !payment.methods.includes(method)) return null;
    const now = ctx.now();
    await leaveAttempt(trx, payment);
    return record(
      trx,
      payment,
      {
        ...(await addAttempt(trx, payment, { provider, method, deadline: payment.deadline }, now)),
        expiresAt: payment.deadline,
        ...(phone === null ? {} : { customer: { ...payment.customer, phone } }),
      },
      { event: 'method.chosen', source: 'payer' },
      now,
    );
  });
  if (!chosen) return null;
  ctx.announce(chosen);
  return registerWithProvider(ctx, chosen);
}
