import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { findReported, refOfAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';

/**
 * A message of a provider whose one key signs the messages of all its merchants, any of whom may have written our
 * reference into a payment of their own. Told of the id that the provider has named to us, it is believed; told of one
 * that we do not know yet (the answer to the create is still under way, or was lost), it is believed once the provider
 * answers for that id when we ask, which it does for our own payments only. Told of another id than is known, or of no
 * payment of ours, it says nothing at all. Rejects with the provider's error when nobody can be asked.
 */
export async function confirmUnknownSession(
  ctx: Context,
  provider: ProviderName,
  claim: ProviderDelivery,
): Promise<ProviderDelivery> {
  const attempt = await findReported(ctx.store.read, provider, claim);
  const payment = attempt && (await findPayment(ctx.store.read, attempt.payment_id));
  if (!payment) return withoutClaims(claim);
  const known = attempt.provider_payment_id;
  const told = claim.providerPaymentId ?? null;
  if (known !== null && told === known) return claim;
  if (known !== null && told !== null) return withoutClaims(claim);
  const ref = { ...refOfAttempt(attempt, payment), providerPaymentId: known ?? told };
  const report = await ctx.providers[provider].status(ref);
  return { ...claim, ...report, reference: attempt.reference };
}

/** What is left of it asks for a question, should it be tried again: not even its id is believed then. */
function withoutClaims(claim: ProviderDelivery): ProviderDelivery {
  return {
    ...claim,
    status: null,
    amount: null,
    currency: null,
    providerPaymentId: null,
    receiptUrl: null,
    presentation: null,
    wantsConfirmation: false,
    refund: null,
  };
}
