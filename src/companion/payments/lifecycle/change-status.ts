import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import type { Writer } from '../../store/store.ts';
import type { Cause } from '../model/events.ts';
import type { Applied } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';
import { findPayment } from '../model/queries.ts';
import { move } from '../model/transition.ts';
import { publishOutcome, type PublishContext } from '../reports/publish-outcome.ts';

interface StatusChange {
  readonly status: PaymentStatus;
  readonly cause: Cause;
  /** Checked in the same transaction, because the payment may have changed since the decision. Defaults to always true. */
  readonly holds?: (payment: Payment, trx: Writer) => boolean | Promise<boolean>;
}

/**
 * Changes a payment's status by our own decision: the time is up, the merchant or the payer cancels, or the provider refused
 * to create the payment. It never says anything about money.
 */
export async function changeStatus(
  ctx: PublishContext & Pick<Context, 'store' | 'now'>,
  paymentId: string,
  { status, cause, holds = () => true }: StatusChange,
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
