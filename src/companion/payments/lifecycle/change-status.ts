import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { Writer } from '../../store/store.ts';
import type { Cause } from '../model/events.ts';
import type { Applied } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';
import { findPayment } from '../model/queries.ts';
import { move } from '../model/transition.ts';
import { publishOutcome } from '../reports/publish-outcome.ts';

/**
 * Takes a decision of our own (the clock's, the merchant's, the payer's), which knows nothing of money. `holds` is asked
 * in the same transaction: what the decision was made on may be another by now.
 */
export async function changeStatus(
  ctx: Context,
  paymentId: string,
  status: PaymentStatus,
  cause: Cause,
  holds: (payment: Payment, trx: Writer) => boolean | Promise<boolean> = () => true,
): Promise<Applied> {
  const applied = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment) return { outcome: 'unknown_payment', payment: null } as const;
    if (!(await holds(payment, trx))) return { outcome: 'unchanged', payment } as const;
    return move(trx, payment, status, cause, ctx.now());
  });
  publishOutcome(ctx, applied, { reference: paymentId });
  return applied;
}
