import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderPayment } from '../../providers/provider.ts';
import { changeStatus } from './change-status.ts';
import { markForClosing } from '../model/attempts.ts';
import { queueAttention } from '../model/attention.ts';
import { addEvent } from '../model/events.ts';
import { findPayment } from '../model/queries.ts';
import { hostedPage } from '../model/hosted-page.ts';
import { contradictsTest, isOffered, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

/**
 * Brings a stored intent to its provider and keeps the answer. May be repeated at any time, since the provider takes
 * the attempt's reference as idempotency key. Answers the payment as it stands afterwards: with a link, failed (or
 * open to another method) when the provider refused it, or still pending when nobody could be reached.
 */
export async function registerWithProvider(ctx: Context, payment: Payment): Promise<Payment> {
  if (!isOffered(payment) || payment.providerPaymentId !== null || !isOpen(payment.status)) return payment;
  // Left from before the companion turned from test to real money, or back: it gets no code of the other kind, and expires.
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
    return handleRefusal(ctx, payment, source);
  }
  if (contradictsTest(payment, answer)) return rejectTestContradiction(ctx, payment, answer, source);
  const attached = await ctx.store.write(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('attempts')
      .set({
        qr_id: answer.qrId,
        provider_payment_id: answer.providerPaymentId,
        ends_at: answer.payableUntil ?? answer.expiresAt,
      })
      .where('reference', '=', payment.reference)
      .where((eb) =>
        eb.or([
          eb('provider_payment_id', 'is', null),
          eb('provider_payment_id', '=', answer.providerPaymentId),
        ]),
      )
      .executeTakeFirst();
    // It is known under another id: that one is asked about, confirmed and closed.
    if (numUpdatedRows === 0n) return null;
    const current = await findPayment(trx, payment.id);
    // The payment has moved on.
    if (current?.reference !== payment.reference || !isOpen(current.status)) return null;
    const { providerPaymentId, qrId, presentation } = answer;
    const expiresAt = Math.min(payment.deadline, answer.expiresAt ?? Infinity);
    const overtaken =
      current.presentation.kind !== 'pending' ||
      (current.providerPaymentId === providerPaymentId && presentation.kind === 'pending');
    // Another call or a webhook was first: what is there stands, but for the time that only the answer tells.
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
 * The provider has made a test of a real payment, or real money of a test: no payer is led there. Somebody's setting is
 * wrong, so a person is told, and what was made is closed.
 */
async function rejectTestContradiction(
  ctx: Context,
  payment: OfferedPayment,
  { providerPaymentId, qrId, test }: ProviderPayment,
  source: string,
): Promise<Payment> {
  const details = { payment_id: payment.id, provider: payment.provider, theirs: test, ours: payment.test };
  ctx.log.error(details, 'provider create refused: test and real money contradict each other');
  await ctx.store.write(async (trx) => {
    await trx
      .updateTable('attempts')
      .set({ provider_payment_id: providerPaymentId, qr_id: qrId })
      .where('reference', '=', payment.reference)
      .execute();
    await markForClosing(trx, payment.reference);
    const reason = 'test_contradicted';
    const { reference } = payment;
    const told = await queueAttention(trx, payment, { reason, reference }, ctx.now());
    if (told) await addEvent(trx, payment, payment, { event: 'payment.offered', source }, reason, ctx.now());
  });
  ctx.wakeNotifier();
  ctx.wakeCaretaker();
  return handleRefusal(ctx, payment, source);
}

/** With other methods on offer a refusal is not the end: the payer may choose again. */
async function handleRefusal(ctx: Context, payment: OfferedPayment, source: string): Promise<Payment> {
  const cause = { event: 'create refused', source };
  // Another call may have been quicker, and have got a code that is being shown.
  const stillUnoffered = (current: Payment) =>
    current.reference === payment.reference && current.providerPaymentId === null && isOpen(current.status);
  if (payment.methods.length === 1) {
    return (await changeStatus(ctx, payment.id, 'failed', cause, stillUnoffered)).payment ?? payment;
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
