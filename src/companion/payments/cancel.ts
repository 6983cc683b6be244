import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { applyAnswer, applyDecision } from './apply.ts';
import { markForClosing } from './attempts.ts';
import { isOffered, refOf, type Payment } from './payment.ts';

/**
 * Ends an unpaid payment and closes its QR at the provider. Answers the payment as it stands: it may have been paid a
 * moment before, and then it is paid. When the provider cannot be reached the payment is canceled all the same and the
 * QR closed as soon as it can be; money that comes in between counts, and is flagged late.
 */
export async function cancelPayment(
  ctx: Context,
  payment: Payment,
  source: 'merchant' | 'payer',
): Promise<Payment> {
  if (!isCancelable(payment, source)) return payment;
  const cause = { event: 'payment.canceled', source };
  let closed = true;
  // A create whose answer was lost may have arrived: then there is something to close as well.
  if (isOffered(payment)) {
    const provider = ctx.providers[payment.provider];
    try {
      const ref = refOf(payment);
      const { cancel } = provider.capabilities;
      const report = await (cancel ? provider.cancel(ref) : provider.status(ref));
      closed = cancel;
      if (report.status !== 'canceled') {
        const { payment: after } = await applyAnswer(ctx, payment.provider, report);
        if (after && !isOpen(after.status)) return after;
      }
    } catch (error) {
      ctx.log.warn({ payment_id: payment.id, err: error }, 'the QR could not be closed yet');
      closed = false;
    }
  }
  const decided = await applyDecision(ctx, payment.id, 'canceled', cause, async (current, trx) => {
    if (!isCancelable(current, source)) return false;
    // Another way may have been chosen meanwhile. Marked with the decision only: what goes on is not to be closed.
    const open = closed && current.reference === payment.reference ? null : current.reference;
    if (open !== null) await markForClosing(trx, open);
    return true;
  });
  return decided.payment ?? payment;
}

/**
 * Not for the payer, whose code is being charged or who has confirmed in the bank what is in process: what becomes of
 * that decides. The merchant may give up waiting for it.
 */
function isCancelable({ status, chargePayload }: Payment, source: 'merchant' | 'payer'): boolean {
  return source === 'payer' ? status === 'created' && chargePayload === null : isOpen(status);
}
