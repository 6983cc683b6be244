import type { Context } from '../context.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { findPayment } from '../model/queries.ts';
import { newId } from '../../lib/ids.ts';
import { insertRefund } from './refund-rows.ts';
import { checkRefundable } from './refundable.ts';
import { FIRST_PAUSE_MS, trySendRefund } from './send-refund.ts';

export interface RefundOrder {
  readonly paymentId: string;
  /** Kopecks; `null` for all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
}

/**
 * Begins a refund: the intent is on disk before the provider hears of it, and counts against the payment from then
 * on, so that refunds running side by side never give back more than was paid. Throws {@link RefundRefused}.
 */
export async function createRefund(
  ctx: Context,
  order: RefundOrder,
  reserve: (trx: Writer, refundId: string) => Promise<void>,
): Promise<RefundRow> {
  const id = newId('rfd');
  const intent = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, order.paymentId);
    const { amount, reference } = await checkRefundable(ctx, trx, payment, order.amount);
    const now = ctx.now();
    await reserve(trx, id);
    const { paymentId, reason } = order;
    const nextRequestAt = now + FIRST_PAUSE_MS;
    return insertRefund(trx, { id, paymentId, reference, amount, reason, nextRequestAt }, now);
  });
  return trySendRefund(ctx, intent);
}
