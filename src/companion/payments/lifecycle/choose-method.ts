import type { Method } from '../../../protocol/snapshot.ts';
import type { Context } from '../context.ts';
import { addAttempt, hasAttemptLeft, leaveAttempt } from '../model/attempts.ts';
import { registerWithProvider } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import { providerForMethod } from './provider-for-method.ts';
import { record } from '../model/update.ts';

export interface MethodChoice {
  readonly method: Method;
  /** `7XXXXXXXXXX`, for methods that send the payer's phone a message. */
  readonly phone: string | null;
}

/** Whether another method may be chosen: nothing is under way, there is another one, and an attempt is left for it. */
export function canChooseMethod(payment: Payment): boolean {
  return (
    payment.status === 'created' &&
    payment.methods.length > 1 &&
    payment.chargePayload === null &&
    hasAttemptLeft(payment)
  );
}

/**
 * The payer's choice: a new attempt at that method's provider, under the same payment and token. The abandoned attempt
 * is closed; if it is paid all the same it counts, and the new one is closed instead (see payment-discrepancies.ts for the rule
 * when both are). Choosing what is chosen already changes nothing. Answers `null` when there is no choice (any more).
 */
export async function chooseMethod(
  ctx: Context,
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
