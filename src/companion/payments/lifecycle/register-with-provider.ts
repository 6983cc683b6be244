import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderPayment } from '../../providers/provider.ts';
import { changeStatus } from './change-status.ts';
import type { PublishContext } from '../reports/publish-outcome.ts';
import { markForClosing } from '../model/attempts.ts';
import { queueAttention } from '../model/attention.ts';
import { addEvent } from '../model/events.ts';
import { findPayment } from '../model/queries.ts';
import { hostedPage } from '../model/hosted-page.ts';
import { contradictsTest, isOffered, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

export type RegisterContext = PublishContext &
  Pick<Context, 'config' | 'store' | 'providers' | 'tokens' | 'now'>;

/**
 * Creates the attempt on offer at its provider and stores the answer. Can be repeated at any time, because the attempt's
 * reference is the provider's idempotency key. Returns the payment afterwards: with a link; failed, or open for another
 * method, if the provider refused; or still pending if the provider could not be reached.
 */
export async function registerWithProvider(ctx: RegisterContext, payment: Payment): Promise<Payment> {
  if (!isOffered(payment) || payment.providerPaymentId !== null || !isOpen(payment.status)) return payment;
  // The companion has changed from test to real money, or back. The payment must not get a code of the other kind, and
  // expires.
  if (payment.test !== ctx.config.test) return payment;
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
      expiresAt: payment.deadline,
      returnUrl: payment.returnUrl,
      hostedPage: hostedPage(ctx, payment.id),
      customer: payment.customer,
    });
  } catch (error) {
    ctx.log.error(
      { payment_id: payment.id, provider: payment.provider, err: error },
      'provider create failed',
    );
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') return payment;
    return handleRefusal(ctx, payment);
  }
  if (contradictsTest(payment, answer)) return rejectTestContradiction(ctx, payment, answer);
  const attached = await ctx.store.write(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('attempts')
      .set({
        qrId: answer.qrId,
        providerPaymentId: answer.providerPaymentId,
        endsAt: answer.payableUntil ?? answer.expiresAt,
      })
      .where('reference', '=', payment.reference)
      .where((eb) =>
        eb.or([eb('providerPaymentId', 'is', null), eb('providerPaymentId', '=', answer.providerPaymentId)]),
      )
      .executeTakeFirst();
    // A webhook has already stored another provider id. All later calls use that one.
    if (numUpdatedRows === 0n) return null;
    const current = await findPayment(trx, payment.id);
    // The payment has another attempt by now, or has ended.
    if (current?.reference !== payment.reference || !isOpen(current.status)) return null;
    const { providerPaymentId, qrId, presentation } = answer;
    const expiresAt = Math.min(payment.deadline, answer.expiresAt ?? Infinity);
    const overtaken =
      current.presentation.kind !== 'pending' ||
      (current.providerPaymentId === providerPaymentId && presentation.kind === 'pending');
    // Another call or a webhook was faster, so the stored offer stays. Only an earlier expiry is taken from the answer.
    if (overtaken && expiresAt >= current.expiresAt) return null;
    const receiptUrl = answer.receiptUrl ?? current.receiptUrl;
    const changes = overtaken
      ? { expiresAt }
      : { providerPaymentId, qrId, presentation, expiresAt, receiptUrl };
    return record(trx, current, changes, { event: 'payment.offered', source }, ctx.now());
  });
  if (!attached) return (await findPayment(ctx.store.read, payment.id)) ?? payment;
  ctx.announce(attached);
  return attached;
}

/**
 * The provider has created a test for a real payment, or a real payment for a test: a setting is wrong. The payer must not
 * be sent there. The created payment is closed, and the merchant gets an attention.
 */
async function rejectTestContradiction(
  ctx: RegisterContext,
  payment: OfferedPayment,
  { providerPaymentId, qrId, test }: ProviderPayment,
): Promise<Payment> {
  const source = `provider:${payment.provider}`;
  const details = { payment_id: payment.id, provider: payment.provider, theirs: test, ours: payment.test };
  ctx.log.error(details, 'provider create refused: the provider and the payment disagree on test mode');
  await ctx.store.write(async (trx) => {
    await trx
      .updateTable('attempts')
      .set({ providerPaymentId, qrId })
      .where('reference', '=', payment.reference)
      .execute();
    await markForClosing(trx, payment.reference);
    const reason = 'test_contradicted';
    const { reference } = payment;
    const opened = await queueAttention(trx, payment, { reason, reference }, ctx.now());
    if (opened)
      await addEvent(trx, payment, payment, { event: 'payment.offered', source }, reason, ctx.now());
  });
  ctx.wakeNotifier();
  ctx.wakeReconciler();
  return handleRefusal(ctx, payment);
}

/** Ends the payment as failed, or takes back the chosen method if the payer can choose another one. */
async function handleRefusal(ctx: RegisterContext, payment: OfferedPayment): Promise<Payment> {
  const cause = { event: 'create refused', source: `provider:${payment.provider}` };
  // Another call may have been faster and have got a code that is shown now.
  const stillUnoffered = (current: Payment) =>
    current.reference === payment.reference && current.providerPaymentId === null && isOpen(current.status);
  if (payment.methods.length === 1) {
    return (
      (await changeStatus(ctx, payment.id, { status: 'failed', cause, holds: stillUnoffered })).payment ??
      payment
    );
  }
  const open = await ctx.store.write(async (trx) => {
    const current = await findPayment(trx, payment.id);
    if (!current || !stillUnoffered(current)) return current;
    const none = { method: null, provider: null, reference: null };
    return record(trx, current, { ...none, expiresAt: current.deadline }, cause, ctx.now());
  });
  if (!open) return payment;
  ctx.announce(open);
  return open;
}
