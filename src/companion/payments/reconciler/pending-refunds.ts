import type { Context } from '../context.ts';
import { IS_PENDING_REFUND } from '../../store/index-conditions.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { queueAttention } from '../model/attention.ts';
import { BATCH_SIZE, findDueRows, type Busy, type Job } from './job.ts';
import { findPayment } from '../model/queries.ts';
import { LONGEST_OLD_PAUSE_MS, trySendRefund } from '../refunds/send-refund.ts';
import { findRefund } from '../refunds/refund-rows.ts';

/** The merchant is notified of a refund that has been pending for this long, ms. */
const OVERDUE_AFTER_MS = 24 * 3_600_000;

/** Sends pending refunds to their provider again, until it reports their result. */
export const SEND_PENDING_REFUNDS: Job = {
  name: 'send pending refunds',
  async findDue(ctx, busy) {
    const rows = await findDueRows(ctx.now(), LONGEST_OLD_PAUSE_MS, (comparison, time) =>
      planned(ctx, busy)
        .selectAll('refunds')
        .select('attempts.provider')
        .where('nextRequestAt', comparison, time)
        .orderBy('nextRequestAt')
        .limit(BATCH_SIZE)
        .execute(),
    );
    return rows.map(({ provider, ...refund }) => ({
      key: refund.id,
      provider,
      run: () => carryOn(ctx, refund),
    }));
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('nextRequestAt as at')
      .orderBy('nextRequestAt')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('refunds')
    .innerJoin('attempts', 'attempts.reference', 'refunds.reference')
    .where(IS_PENDING_REFUND)
    .where('refunds.id', 'not in', keys)
    .where('attempts.provider', 'not in', providers);
}

async function carryOn(ctx: Context, refund: RefundRow): Promise<void> {
  const { status, createdAt } = await trySendRefund(ctx, refund);
  if (status !== 'pending' || ctx.now() - createdAt < OVERDUE_AFTER_MS || !ctx.clock.isReliable()) return;
  const told = await ctx.store.write((trx) => tellOverdue(trx, refund, ctx.now()));
  if (!told) return;
  ctx.log.error({ payment_id: refund.paymentId, refund_id: refund.id }, 'a refund does not end');
  ctx.wakeNotifier();
}

async function tellOverdue(trx: Writer, { id, reference }: RefundRow, now: number): Promise<boolean> {
  const current = await findRefund(trx, id);
  const payment = current?.status === 'pending' ? await findPayment(trx, current.paymentId) : null;
  if (!payment) return false;
  return (
    (await queueAttention(trx, payment, { reason: 'refund_overdue', reference, refund_id: id }, now)) !== null
  );
}
