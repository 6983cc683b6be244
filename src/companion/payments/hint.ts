import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../providers/provider.ts';
import type { ProviderName } from '../providers/names.ts';
import { findReported, refOfAttempt } from './attempts.ts';
import { findPayment } from './find.ts';
import { verifyUnlessKnown } from './known-id.ts';
import { carryOut } from './refund.ts';

/**
 * A message of a provider whose webhooks may be played again is only a hint to ask: what it says is replaced by what
 * the provider answers now. Of a payment that is not known it says nothing at all. Rejects with the provider's error
 * when nobody can be asked.
 */
export async function verifyHint(
  ctx: Context,
  provider: ProviderName,
  hint: ProviderDelivery,
): Promise<ProviderDelivery> {
  const { webhooks } = ctx.providers[provider].capabilities;
  if (webhooks === 'known') return verifyUnlessKnown(ctx, provider, hint);
  if (webhooks !== 'hint') return hint;
  const nothing = { ...hint, status: null, amount: null, currency: null, presentation: null };
  const attempt = await findReported(ctx.store.read, provider, hint);
  const payment = attempt && (await findPayment(ctx.store.read, attempt.payment_id));
  if (!payment) return nothing;
  if (hint.refund) {
    const refund = await ctx.store.read
      .selectFrom('refunds')
      .selectAll()
      .where('payment_id', '=', payment.id)
      .where((eb) =>
        eb.or([
          eb('id', '=', hint.refund?.refundId ?? ''),
          eb('provider_refund_id', '=', hint.refund?.providerRefundId ?? ''),
        ]),
      )
      .executeTakeFirst();
    if (refund) {
      const provider_refund_id = refund.provider_refund_id ?? hint.refund.providerRefundId;
      await carryOut(ctx, { ...refund, provider_refund_id });
    }
    return { ...nothing, refund: { ...hint.refund, status: 'pending' } };
  }
  const id = attempt.provider_payment_id ?? hint.providerPaymentId ?? null;
  const ref = { ...refOfAttempt(attempt, payment), providerPaymentId: id };
  const report = await ctx.providers[provider].status(ref);
  return { ...hint, ...report, reference: attempt.reference };
}
