import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { findReported, refOfAttempt } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import { sendRefund, type RefundContext } from '../refunds/send-refund.ts';
import { matchRefund } from '../refunds/match-refund.ts';

/**
 * Returns what may be believed of a webhook with a valid signature, by the provider's `webhookTrust`. Claims that the
 * signature does not prove are replaced by the provider's current answer to a query. Throws a ProviderError when the
 * provider does not answer: the webhook is not acknowledged then, and the provider sends it again.
 */
export async function confirmDelivery(
  ctx: RefundContext,
  provider: ProviderName,
  delivery: ProviderDelivery,
): Promise<ProviderDelivery> {
  const { webhookTrust } = ctx.providers[provider].capabilities;
  if (webhookTrust === 'known-session') return confirmSession(ctx, provider, delivery);
  if (webhookTrust === 'confirm-by-status') return confirmByStatus(ctx, provider, delivery);
  return delivery;
}

/**
 * The provider's webhooks can be replayed, so each one is only a reason to ask for the current state. A webhook of an
 * unknown payment keeps no claims.
 */
async function confirmByStatus(
  ctx: RefundContext,
  provider: ProviderName,
  delivery: ProviderDelivery,
): Promise<ProviderDelivery> {
  // A pending refund changes nothing: a claimed refund result is removed like a claimed payment status.
  const refund = delivery.refund ? { ...delivery.refund, status: 'pending' as const } : null;
  const unproven = { ...delivery, status: null, amount: null, currency: null, presentation: null, refund };
  const reported = await findReportedPayment(ctx, provider, delivery);
  if (!reported) return unproven;
  const { attempt, payment } = reported;
  const id = attempt.providerPaymentId ?? delivery.providerPaymentId ?? null;
  const ref = { ...refOfAttempt(attempt, payment), providerPaymentId: id };
  if (refund) {
    const asked = ctx.providers[provider];
    if (asked.findRefund && refund.providerRefundId !== null) {
      const { test = null, ...report } = await asked.findRefund(ref, refund.providerRefundId);
      return { ...unproven, test, refund: { ...report, refundId: report.refundId ?? refund.refundId } };
    }
    // A replayed webhook still names the right refund, so storing the provider's refund id is safe.
    const ours = await ctx.store.write((trx) => matchRefund(trx, attempt, refund));
    if (ours) await sendRefund(ctx, ours);
    return unproven;
  }
  const report = await ctx.providers[provider].status(ref);
  return { ...delivery, ...report, reference: attempt.reference };
}

/**
 * The provider signs the webhooks of all its merchants with one key, and another merchant may use our reference in a
 * payment of theirs. So the provider's payment id decides:
 * - The id that the provider has returned for this attempt: the webhook is believed.
 * - The attempt has no id yet (the answer to the create is on its way or was lost), or the webhook has none: the provider
 *   is asked, and answers for our own payments only.
 * - Another id, or an unknown payment: the webhook keeps no claims.
 */
async function confirmSession(
  ctx: Pick<Context, 'store' | 'providers'>,
  provider: ProviderName,
  delivery: ProviderDelivery,
): Promise<ProviderDelivery> {
  const reported = await findReportedPayment(ctx, provider, delivery);
  if (!reported) return withoutClaims(delivery);
  const { attempt, payment } = reported;
  const knownId = attempt.providerPaymentId;
  const claimedId = delivery.providerPaymentId ?? null;
  if (knownId !== null && claimedId === knownId) return delivery;
  if (knownId !== null && claimedId !== null) return withoutClaims(delivery);
  const ref = { ...refOfAttempt(attempt, payment), providerPaymentId: knownId ?? claimedId };
  const report = await ctx.providers[provider].status(ref);
  return { ...delivery, ...report, reference: attempt.reference };
}

async function findReportedPayment(
  { store }: Pick<Context, 'store'>,
  provider: ProviderName,
  delivery: ProviderDelivery,
): Promise<{ attempt: AttemptRow; payment: Payment } | null> {
  const attempt = await findReported(store.read, provider, delivery);
  const payment = attempt && (await findPayment(store.read, attempt.paymentId));
  return payment ? { attempt, payment } : null;
}

/** Removes every claim, the provider's payment id included: a later retry asks the provider without it. */
function withoutClaims(delivery: ProviderDelivery): ProviderDelivery {
  return {
    ...delivery,
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
