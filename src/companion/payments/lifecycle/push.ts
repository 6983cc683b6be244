import type { Method } from '../../../protocol/snapshot.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Context } from '../context.ts';
import { isOffered, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';

/** Whether the provider can send the payer's phone a message that leads to this payment. */
export function canPush(ctx: Pick<Context, 'providers'>, payment: Payment): payment is OfferedPayment {
  return (
    isOffered(payment) &&
    payment.status === 'created' &&
    payment.providerPaymentId !== null &&
    hasPush(ctx, payment.method, payment.provider)
  );
}

/** Whether payments of this kind may come with a message to the payer's phone. */
export function hasPush({ providers }: Pick<Context, 'providers'>, method: Method, provider: ProviderName) {
  return method === 'sberpay' && providers[provider].capabilities.push;
}

/** Sends it; `phone` as `7XXXXXXXXXX`. Rejects with a ProviderError when it was not sent. */
export async function pushToPhone(ctx: Context, payment: OfferedPayment, phone: string): Promise<void> {
  await ctx.providers[payment.provider].push!(refOf(payment), phone);
}
