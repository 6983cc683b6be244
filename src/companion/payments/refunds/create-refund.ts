import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { findPayment } from '../model/queries.ts';
import { newId } from '../../lib/ids.ts';
import { insertRefund } from './refund-rows.ts';
import { checkRefundable } from './refundable.ts';
import { FIRST_PAUSE_MS, trySendRefund, type RefundContext } from './send-refund.ts';

export interface RefundOrder {
  readonly paymentId: string;
  /** Kopecks; `null` for all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
}

/**
 * Creates a refund for the merchant and sends it to the provider. The refund is stored before the provider is called and
 * counts against the payment from then on, so that parallel refunds never exceed the paid sum. `reserve` runs in the
 * transaction that stores the refund; nothing is stored if it throws. Throws RefundRefused.
 */
export async function createRefund(
  ctx: RefundContext,
  order: RefundOrder,
  reserve: (trx: Writer, refundId: string) => Promise<void>,
): Promise<RefundRow> {
  const id = newId('rfd');
  const refund = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, order.paymentId);
    const { amount, reference } = await checkRefundable(ctx, trx, { payment, amount: order.amount });
    const now = ctx.now();
    await reserve(trx, id);
    const { paymentId, reason } = order;
    const nextRequestAt = now + FIRST_PAUSE_MS;
    return insertRefund(trx, { id, paymentId, reference, amount, reason, nextRequestAt }, now);
  });
  return trySendRefund(ctx, refund);
}
