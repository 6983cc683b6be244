import type { Method } from '../../../protocol/snapshot.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Context } from '../context.ts';
import { isOffered, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';

/** True if the provider can send a push message with this payment to the payer's phone. */
export function canPush(ctx: Pick<Context, 'providers'>, payment: Payment): payment is OfferedPayment {
  return (
    isOffered(payment) &&
    payment.status === 'created' &&
    payment.providerPaymentId !== null &&
    hasPush(ctx, payment.method, payment.provider)
  );
}

/** True if payments with this method and provider support push messages. */
export function hasPush({ providers }: Pick<Context, 'providers'>, method: Method, provider: ProviderName) {
  return method === 'sberpay' && providers[provider].capabilities.push;
}

/** Sends the push message; `phone` is `7XXXXXXXXXX`. Throws a ProviderError when the message was not sent. */
export async function pushToPhone(
  { providers }: Pick<Context, 'providers'>,
  payment: OfferedPayment,
  phone: string,
): Promise<void> {
  await providers[payment.provider].push!(refOf(payment), phone);
}
