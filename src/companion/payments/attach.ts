import type { Context } from '../context.ts';
import { ProviderError, type ProviderPayment } from '../providers/provider.ts';
import { applyDecision } from './apply.ts';
import { findPayment } from './find.ts';
import { toPayment, type Payment } from './payment.ts';

/**
 * Brings a stored intent to its provider and keeps the answer. May be repeated at any time, since the provider takes
 * the payment's id as idempotency key. Answers the payment as it stands afterwards: with a link, failed when the
 * provider refused it, or still pending when nobody could be reached.
 */
export async function attachProvider(ctx: Context, payment: Payment): Promise<Payment> {
  if (payment.providerPaymentId !== null) return payment;
  let answer: ProviderPayment;
  try {
    answer = await ctx.providers[payment.provider].create({
      reference: payment.id,
      method: payment.method,
      amount: payment.amount,
      currency: payment.currency,
      orderId: payment.orderId,
      description: payment.description,
      merchantName: ctx.config.merchantName,
      expiresAt: payment.expiresAt,
      returnUrl: payment.returnUrl,
      customer: payment.customer,
    });
  } catch (error) {
    ctx.log.error(
      { payment_id: payment.id, provider: payment.provider, err: error },
      'provider create failed',
    );
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') return payment;
    const cause = { event: 'create refused', source: `provider:${payment.provider}` };
    return (await applyDecision(ctx, payment.id, 'failed', cause)).payment ?? payment;
  }
  const attached = await ctx.store.write(async (trx) => {
    const row = await trx
      .updateTable('payments')
      .set((eb) => ({
        provider_payment_id: answer.providerPaymentId,
        qr_id: answer.qrId,
        presentation_json: JSON.stringify(answer.presentation),
        version: eb('version', '+', 1),
        updated_at: ctx.now(),
      }))
      .where('id', '=', payment.id)
      .where('provider_payment_id', 'is', null)
      .returningAll()
      .executeTakeFirst();
    return row ? toPayment(row) : null;
  });
  // Another attempt was first: its answer stands.
  if (!attached) return (await findPayment(ctx.store.read, payment.id)) ?? payment;
  ctx.announce(attached);
  return attached;
}
