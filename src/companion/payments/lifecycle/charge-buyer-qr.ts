import type { Context } from '../context.ts';
import { ProviderError, type ProviderReport } from '../../providers/provider.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { addAttempt, markForClosing, markOver, MAX_ATTEMPTS } from '../model/attempts.ts';
import { registerWithProvider, type RegisterContext } from './register-with-provider.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

/** True if a payer's code can be scanned now. Each code that the provider refuses uses one attempt. */
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
  /** The provider has the code. `answered`: it answered that it does not know of the charge yet. */
  | { readonly kind: 'taken'; readonly payment: Payment; readonly answered?: boolean }
  /** The provider does not accept the code. No money has moved, and another code can be scanned. */
  | { readonly kind: 'refused'; readonly payment: Payment }
  /** No code can be scanned: another code is being charged, or the payment is over. */
  | { readonly kind: 'impossible'; readonly payment: Payment | null };

/**
 * Charges the payer's QR code, as scanned by the seller. The code is stored before the provider is called: after a lost
 * answer or a crash, the call is repeated under the same reference and never charges twice.
 */
export async function chargeBuyerQr(
  ctx: RegisterContext,
  paymentId: string,
  payload: string,
): Promise<ChargeResult> {
  const found = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    // The companion has changed between test and real money since the payment was created. A code scanned for a test must
    // move no money, and a code for a real payment must not be charged as a test.
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
 * A provider that still has no charge after this many answers is believed: about 20 seconds after the scan, and 7 seconds
 * after the last of these answers. Earlier, it may not have processed the charge yet.
 */
const ANSWERS_IN_DOUBT = 5;

/**
 * Sends a scanned code to the provider. Can be repeated until there is a result. A refusal of the first call means that
 * nothing was charged. A refusal of a repeated call may be about the repeat only, so the status decides then.
 */
export async function sendCharge(
  ctx: RegisterContext,
  payment: Payment,
  { first = false } = {},
): Promise<ChargeResult> {
  if (!isOffered(payment) || payment.chargePayload === null) return { kind: 'impossible', payment };
  const provider = ctx.providers[payment.provider];
  if (!provider.charge) throw new Error(`${payment.provider} cannot charge scanned codes`);
  const request = {
    ...refOf(payment),
    payload: payment.chargePayload,
    description: payment.description,
  };
  const undecided = { kind: 'taken', payment } as const; // the reconciler repeats the call
  const refused = async (options: { readonly watch: boolean }): Promise<ChargeResult> => ({
    kind: 'refused',
    payment: await offerNewScan(ctx, payment, options),
  });
  let report: ProviderReport | null;
  try {
    report = await provider.charge(request);
  } catch (error) {
    ctx.log.warn({ payment_id: payment.id, err: error }, 'provider charge failed');
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

/** Returns the status after the earlier calls; `null` when the provider does not answer. */
async function queryCharge(
  ctx: Pick<Context, 'providers' | 'log'>,
  payment: OfferedPayment,
): Promise<ProviderReport | null> {
  try {
    return await ctx.providers[payment.provider].status(refOf(payment));
  } catch (error) {
    ctx.log.warn({ payment_id: payment.id, err: error }, 'provider charge status unknown');
    return null;
  }
}

/**
 * Starts a new attempt for the next code: under the old reference, the provider would take another code for a repeat of the
 * refused one. `watch`: a call had no answer, so the old attempt may still turn out to be charged and is watched.
 */
async function offerNewScan(
  ctx: RegisterContext,
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
