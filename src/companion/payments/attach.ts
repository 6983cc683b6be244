import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderPayment } from '../providers/provider.ts';
import { applyDecision } from './apply.ts';
import { findPayment } from './find.ts';
import type { Payment } from './payment.ts';
import { record } from './record.ts';

/**
 * Brings a stored intent to its provider and keeps the answer. May be repeated at any time, since the provider takes
 * the attempt's reference as idempotency key. Answers the payment as it stands afterwards: with a link, failed when
 * the provider refused it, or still pending when nobody could be reached.
 */
export async function attachProvider(ctx: Context, payment: Payment): Promise<Payment> {
  if (payment.providerPaymentId !== null || !isOpen(payment.status)) return payment;
  const source = `provider:${payment.provider}`;
  let answer: ProviderPayment;
  try {
    answer = await ctx.providers[payment.provider].create({
      reference: payment.reference,
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
    const cause = { event: 'create refused', source };
    return (await applyDecision(ctx, payment.id, 'failed', cause)).payment ?? payment;
  }
  const attached = await ctx.store.write(async (trx) => {
    await trx
      .updateTable('attempts')
      .set({ qr_id: answer.qrId })
      .where('reference', '=', payment.reference)
      .execute();
    const current = await findPayment(trx, payment.id);
    // Another call was first, or the payment has moved on: what is there stands.
    if (current?.reference !== payment.reference || current.providerPaymentId !== null) return null;
    const { providerPaymentId, qrId, presentation } = answer;
    return record(
      trx,
      current,
      { providerPaymentId, qrId, presentation },
      { event: 'payment.offered', source },
      ctx.now(),
    );
  });
  if (!attached) return (await findPayment(ctx.store.read, payment.id)) ?? payment;
  ctx.announce(attached);
  return attached;
}
