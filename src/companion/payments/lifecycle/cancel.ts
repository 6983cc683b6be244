import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow, OnLate } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import type { PublishContext } from '../reports/publish-outcome.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { changeStatus } from './change-status.ts';
import { findAttempt, leaveAttempt, noteEnd } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, isUnscanned, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

export type CanceledBy = 'merchant' | 'payer';

type CancelContext = PublishContext & Pick<Context, 'store' | 'providers' | 'now'>;

interface CancelOrder {
  readonly source: CanceledBy;
  /** The merchant's choice for money that arrives after the cancel. Defaults to `null`: the stored value stays. */
  readonly onLate?: OnLate | null;
}

/**
 * Cancels an unpaid payment and closes its QR at the provider. A canceled payment cannot be renewed. Returns the current
 * payment, which is paid if the payer was faster. If the provider cannot be reached, the payment is canceled anyway and the
 * reconciler closes the QR later. Money that comes before that counts and is marked as late.
 */
export async function cancelPayment(
  ctx: CancelContext,
  payment: Payment,
  { source, onLate = null }: CancelOrder,
): Promise<Payment> {
  // Stored first: the provider's webhook about the closed code, or the money, may come before its answer.
  if (onLate !== null && (payment.status === 'canceled' || isCancelable(payment, source, payment))) {
    payment = await updateOnLate(ctx, payment, onLate);
  }
  if (!isCancelable(payment, source, payment)) return payment;
  const { report, ended } =
    isOffered(payment) && !isUnscanned(payment) ? await closeAtProvider(ctx, payment) : NOT_ASKED;
  if (ended) return ended;
  const cause = { event: 'payment.canceled', source };
  const holds = async (current: Payment, trx: Writer): Promise<boolean> => {
    if (!isCancelable(current, source, payment)) return false;
    // The payer may have chosen another method meanwhile. An attempt is left only together with the cancel itself,
    // because a payment that continues needs its attempt.
    const attempt =
      report && current.reference === payment.reference ? await findOfferedAttempt(trx, current) : null;
    const over = report && attempt ? await noteEnd(trx, attempt, report) : false;
    if (!over) await leaveAttempt(trx, current);
    return true;
  };
  const decided = await changeStatus(ctx, payment.id, { status: 'canceled', cause, holds });
  return decided.payment ?? payment;
}

function findOfferedAttempt(trx: Writer, { reference }: Payment): Promise<AttemptRow | null> {
  return reference === null ? Promise.resolve(null) : findAttempt(trx, reference);
}

interface Closing {
  /** The provider's report about the code; `null` if it was not asked or did not answer. */
  readonly report: ProviderReport | null;
  /** The payment, if it has ended in another way; `null` otherwise. */
  readonly ended: Payment | null;
}

const NOT_ASKED: Closing = { report: null, ended: null };

/** Closes the code at its provider. Both `canceled` and `expired` mean that it is closed. */
async function closeAtProvider(ctx: CancelContext, payment: OfferedPayment): Promise<Closing> {
  const provider = ctx.providers[payment.provider];
  try {
    const ref = refOf(payment);
    // Also without a provider id: a create whose answer was lost may have reached the provider.
    const report = await (provider.capabilities.cancel ? provider.cancel(ref) : provider.status(ref));
    if (report.status === 'canceled' || report.status === 'expired') return { report, ended: null };
    const { payment: after } = await receiveStatus(ctx, payment.provider, report);
    return { report, ended: after && hasEnded(after) ? after : null };
  } catch (error) {
    // The reconciler closes it later, and warns if that keeps failing.
    ctx.log.info({ payment_id: payment.id, err: error }, 'closing the QR failed, will retry');
    return NOT_ASKED;
  }
}

function hasEnded({ status }: Payment): boolean {
  return !isOpen(status) && status !== 'expired';
}

/**
 * The merchant can cancel every open payment, also while it is processing, and an expired one. The payer can cancel only
 * before paying: not while a scanned code is being charged, and not after confirming in the bank. A payment that expires
 * while the provider handles the payer's cancel is still canceled; `begun` is the payment at the start of the cancel.
 */
function isCancelable({ status, chargePayload }: Payment, source: CanceledBy, begun: Payment): boolean {
  if (source === 'merchant') return isOpen(status) || status === 'expired';
  return (
    (status === 'created' && chargePayload === null) || (status === 'expired' && begun.status === 'created')
  );
}

/** Stores what to do with money that comes after the cancel. It affects nothing else. */
async function updateOnLate(
  { store, now }: CancelContext,
  payment: Payment,
  onLate: OnLate,
): Promise<Payment> {
  const after = await store.write(async (trx) => {
    const current = await findPayment(trx, payment.id);
    if (current?.paidAt !== null || current.onLate === onLate) return current;
    const cause = { event: 'on_late.changed', source: 'merchant' };
    return record(trx, current, { onLate }, cause, now());
  });
  return after ?? payment;
}
