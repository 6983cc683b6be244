import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow, OnLate } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { changeStatus } from './change-status.ts';
import { findAttempt, leaveAttempt, noteEnd } from '../model/attempts.ts';
import { findPayment } from '../model/queries.ts';
import { isOffered, isUnscanned, refOf, type OfferedPayment, type Payment } from '../model/payment.ts';
import { record } from '../model/update.ts';

export type CanceledBy = 'merchant' | 'payer';

/**
 * Ends an unpaid payment as `canceled` and closes its QR at the provider; an expired one can't be renewed any more. Returns
 * the payment as it stands: it may have been paid a moment before, and then it is paid. When the provider cannot be
 * reached the payment is canceled all the same and the QR closed as soon as it can be; money that comes in between counts,
 * and is flagged late. `onLate` is what the merchant wants done with that money; `null` leaves it as it was.
 */
export async function cancelPayment(
  ctx: Context,
  payment: Payment,
  source: CanceledBy,
  onLate: OnLate | null = null,
): Promise<Payment> {
  // Stored first: the provider's own message of the closed code may be quicker than its answer, and money quicker still.
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
    // Another way may have been chosen meanwhile. Marked with the decision only: what goes on is not to be closed.
    const attempt =
      report && current.reference === payment.reference ? await findOfferedAttempt(trx, current) : null;
    const over = report && attempt ? await noteEnd(trx, attempt, report) : false;
    if (!over) await leaveAttempt(trx, current);
    return true;
  };
  const decided = await changeStatus(ctx, payment.id, 'canceled', cause, holds);
  return decided.payment ?? payment;
}

function findOfferedAttempt(trx: Writer, { reference }: Payment): Promise<AttemptRow | null> {
  return reference === null ? Promise.resolve(null) : findAttempt(trx, reference);
}

interface Closing {
  /** The provider's word on the code; `null` if it was not asked or did not answer. */
  readonly report: ProviderReport | null;
  /** The payment, if it has ended otherwise. */
  readonly ended: Payment | null;
}

const NOT_ASKED: Closing = { report: null, ended: null };

/** Closes the code at its provider. One that is called expired when it is closed is closed all the same. */
async function closeAtProvider(ctx: Context, payment: OfferedPayment): Promise<Closing> {
  const provider = ctx.providers[payment.provider];
  try {
    const ref = refOf(payment);
    // A create whose answer was lost may have arrived: then there is something to close as well.
    const report = await (provider.capabilities.cancel ? provider.cancel(ref) : provider.status(ref));
    if (report.status === 'canceled' || report.status === 'expired') return { report, ended: null };
    const { payment: after } = await receiveStatus(ctx, payment.provider, report);
    return { report, ended: after && hasEnded(after) ? after : null };
  } catch (error) {
    // It is closed in the background, which warns if that goes on failing.
    ctx.log.info({ payment_id: payment.id, err: error }, 'the QR could not be closed yet');
    return NOT_ASKED;
  }
}

function hasEnded({ status }: Payment): boolean {
  return !isOpen(status) && status !== 'expired';
}

/**
 * Not for the payer, whose code is being charged or who has confirmed in the bank what is in process: what becomes of
 * that decides. The merchant may give up waiting for it, and calls an expired payment off. A payment that expires while
 * its payer's wish is at the provider (`begun` is what it was) is canceled as wished.
 */
function isCancelable({ status, chargePayload }: Payment, source: CanceledBy, begun: Payment): boolean {
  if (source === 'merchant') return isOpen(status) || status === 'expired';
  return (
    (status === 'created' && chargePayload === null) || (status === 'expired' && begun.status === 'created')
  );
}

/** The merchant says what is to be done with money that comes after a cancel: nothing else goes by it. */
async function updateOnLate(ctx: Context, payment: Payment, onLate: OnLate): Promise<Payment> {
  const after = await ctx.store.write(async (trx) => {
    const current = await findPayment(trx, payment.id);
    if (current?.paidAt !== null || current.onLate === onLate) return current;
    const cause = { event: 'on_late.changed', source: 'merchant' };
    return record(trx, current, { onLate }, cause, ctx.now());
  });
  return after ?? payment;
}
