import type { Context } from '../context.ts';
import { isOffered, refOf, type OfferedPayment, type Payment } from './payment.ts';

/** Whether the provider can send the payer's phone a message that leads to this payment. */
export function canPush(ctx: Pick<Context, 'providers'>, payment: Payment): payment is OfferedPayment {
  return (
    isOffered(payment) &&
    payment.status === 'created' &&
    payment.method === 'sberpay' &&
    payment.providerPaymentId !== null &&
    ctx.providers[payment.provider].capabilities.push
  );
}

/** Sends it; `phone` as `7XXXXXXXXXX`. Rejects with a ProviderError when it was not sent. */
export async function pushToPhone(ctx: Context, payment: OfferedPayment, phone: string): Promise<void> {
  await ctx.providers[payment.provider].push!(refOf(payment), phone);
}
