import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { findReported, refOfAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import { confirmUnknownSession } from './known-id.ts';
import { sendRefund } from '../refunds/create-refund.ts';
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
