import type { Context } from '../context.ts';
import { ProviderError, type ProviderReport } from '../../providers/provider.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { addAttempt, markForClosing, markOver, MAX_ATTEMPTS } from '../model/attempts.ts';
import { registerWithProvider } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

/** Whether a payer's code may be scanned now. Each one that the provider refuses costs an attempt. */
export function canChargeBuyerQr(payment: Payment): payment is OfferedPayment {
  return (
    isOffered(payment) &&
    payment.status === 'created' &&
    payment.presentation.kind === 'scan' &&
    payment.chargePayload === null &&
    payment.attempts <= MAX_ATTEMPTS
  );
}

export type ChargeResult =
  /** `answered`: the provider has said that it does not know of the charge yet, instead of nothing at all. */
  | { readonly kind: 'taken'; readonly payment: Payment; readonly answered?: boolean }
  /** The provider knows no such code: no money has moved, another one may be scanned. */
  | { readonly kind: 'refused'; readonly payment: Payment }
  /** Nothing is to be scanned: another code is at work, or the payment is over. */
  | { readonly kind: 'impossible'; readonly payment: Payment | null };

/**
 * Charges the code that a payer has shown. The code is on disk before the provider hears of it: a lost answer or a
 * crash ends in a repeat under the same reference, never in a second charge.
 */
export async function chargeBuyerQr(ctx: Context, paymentId: string, payload: string): Promise<ChargeResult> {
  const found = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    // A code scanned for a test moves no money, and one for a real payment is not charged as a test.
    const isOtherKind = payment?.test !== ctx.config.test;
    if (!payment || !canChargeBuyerQr(payment) || isOtherKind) return { payment, scanned: false };
    const cause = { event: 'buyer_qr.scanned', source: 'payer' };
    return {
      payment: await record(trx, payment, { chargePayload: payload }, cause, ctx.now()),
      scanned: true,
    };
  });
  if (!found.scanned || !found.payment) return { kind: 'impossible', payment: found.payment };
  ctx.announce(found.payment);
  return sendCharge(ctx, found.payment, { first: true });
}

/**
 * After so many answers, some 20 seconds after the scan and 7 after the last of them, a provider that still has no charge
 * is believed. Sooner it may only not have seen it yet.
 */
const ANSWERS_IN_DOUBT = 5;

/**
 * Brings a scanned code to the provider; may be repeated until there is an answer. A no to the first call says that
 * nothing was charged; a no to a repeat may be about the repeat.
 */
export async function sendCharge(
  ctx: Context,
  payment: Payment,
  { first = false } = {},
): Promise<ChargeResult> {
  if (!isOffered(payment) || payment.chargePayload === null) return { kind: 'impossible', payment };
  const provider = ctx.providers[payment.provider];
  if (!provider.charge) throw new Error(`${payment.provider} charges no codes`);
  const request = {
    ...refOf(payment),
    payload: payment.chargePayload,
    description: payment.description,
  };
  const undecided = { kind: 'taken', payment } as const; // it is asked again
  const refused = async (how: { readonly watch: boolean }): Promise<ChargeResult> => ({
    kind: 'refused',
    payment: await offerNewScan(ctx, payment, how),
  });
  let report: ProviderReport | null;
  try {
    report = await provider.charge(request);
  } catch (error) {
    ctx.log.warn({ payment_id: payment.id, err: error }, 'the scanned code was not charged');
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') return undecided;
    if (first) return refused({ watch: false });
    report = await queryCharge(ctx, payment);
  }
  if (report === null) return undecided;
  if (report.status === 'created')
    return payment.answers < ANSWERS_IN_DOUBT ? { ...undecided, answered: true } : refused({ watch: true });
  const { payment: after } = await receiveStatus(ctx, payment.provider, report);
  return { kind: 'taken', payment: after ?? payment };
}

/** What became of the calls before; `null` when that cannot be found out now. */
async function queryCharge(ctx: Context, payment: OfferedPayment): Promise<ProviderReport | null> {
  try {
    return await ctx.providers[payment.provider].status(refOf(payment));
  } catch (error) {
    ctx.log.warn({ payment_id: payment.id, err: error }, 'whether the scanned code was charged is not known');
    return null;
  }
}

/**
 * A new attempt: the provider would take another code under this reference for a repeat of the refused one. The old one
 * is watched where a call went unanswered: it may yet turn out to be charged.
 */
async function offerNewScan(
  ctx: Context,
  payment: OfferedPayment,
  { watch }: { readonly watch: boolean },
): Promise<Payment> {
  const open = await ctx.store.write(async (trx) => {
    const current = await findPayment(trx, payment.id);
    if (current?.reference !== payment.reference || current.chargePayload === null) return current;
    if (watch) await markForClosing(trx, payment.reference);
    else await markOver(trx, payment.reference);
    return record(
      trx,
      current,
      await addAttempt(trx, current, { ...payment, deadline: current.deadline }, ctx.now()),
      { event: 'buyer_qr.refused', source: `provider:${payment.provider}` },
      ctx.now(),
    );
  });
  return open ? registerWithProvider(ctx, open) : payment;
}
