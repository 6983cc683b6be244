import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { findReported, refOfAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import { sendRefund } from '../refunds/send-refund.ts';
import { matchRefund } from '../refunds/match-refund.ts';

/**
 * A message of a provider whose webhooks may be played again is only a hint to ask: what it says is replaced by what
 * the provider answers now. Of a payment that is not known it says nothing at all. Rejects with the provider's error
 * when nobody can be asked.
 */
export async function confirmDelivery(
  ctx: Context,
  provider: ProviderName,
  hint: ProviderDelivery,
): Promise<ProviderDelivery> {
  const { webhookTrust } = ctx.providers[provider].capabilities;
  if (webhookTrust === 'known-session') return confirmUnknownSession(ctx, provider, hint);
  if (webhookTrust !== 'confirm-by-status') return hint;
  // A refund's claim goes the same way as a payment's: what is left of it changes nothing.
  const refund = hint.refund ? { ...hint.refund, status: 'pending' as const } : null;
  const nothing = { ...hint, status: null, amount: null, currency: null, presentation: null, refund };
  const attempt = await findReported(ctx.store.read, provider, hint);
  const payment = attempt && (await findPayment(ctx.store.read, attempt.payment_id));
  if (!payment) return nothing;
  const id = attempt.provider_payment_id ?? hint.providerPaymentId ?? null;
  const ref = { ...refOfAttempt(attempt, payment), providerPaymentId: id };
  if (refund) {
    const asked = ctx.providers[provider];
    if (asked.findRefund && refund.providerRefundId !== null) {
      const { test = null, ...report } = await asked.findRefund(ref, refund.providerRefundId);
      return { ...nothing, test, refund: { ...report, refundId: report.refundId ?? refund.refundId } };
    }
    // Which refund it is about is so for ever, whenever it was said.
    const ours = await ctx.store.write((trx) => matchRefund(trx, attempt, refund));
    if (ours) await sendRefund(ctx, ours);
    return nothing;
  }
  const report = await ctx.providers[provider].status(ref);
  return { ...hint, ...report, reference: attempt.reference };
}

/**
 * A message of a provider whose one key signs the messages of all its merchants, any of whom may have written our
 * reference into a payment of their own. Told of the id that the provider has named to us, it is believed; told of one
 * that we do not know yet (the answer to the create is still under way, or was lost), it is believed once the provider
 * answers for that id when we ask, which it does for our own payments only. Told of another id than is known, or of no
 * payment of ours, it says nothing at all. Rejects with the provider's error when nobody can be asked.
 */
async function confirmUnknownSession(
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
