import type { Context } from '../context.ts';
import { queueRefundNotification } from '../notifications/outbox.ts';
import { ProviderError, type ProviderRefund } from '../providers/provider.ts';
import type { RefundRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';
import { paidReference } from './attempts.ts';
import { findPayment } from './find.ts';
import { newId } from './ids.ts';
import type { Payment } from './payment.ts';
import { record } from './record.ts';

export interface RefundOrder {
  readonly paymentId: string;
  /** Kopecks; `null` for all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
}

/** Why a refund was not begun; nothing has changed then. */
export class RefundRefused extends Error {
  readonly code: 'payment_not_found' | 'not_paid' | 'exceeds_payment';
  constructor(code: RefundRefused['code'], message: string) {
    super(message);
    this.name = 'RefundRefused';
    this.code = code;
  }
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
    const amount = await refundable(trx, payment, order.amount);
    const now = ctx.now();
    await reserve(trx, id);
    return trx
      .insertInto('refunds')
      .values({
        id,
        payment_id: order.paymentId,
        reference: await paidReference(trx, payment!),
        amount,
        reason: order.reason,
        status: 'pending',
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return carryOut(ctx, intent);
}

/** Brings a pending refund to the provider. May be repeated: the refund's id is the idempotency key. */
export async function carryOut(ctx: Context, refund: RefundRow): Promise<RefundRow> {
  if (refund.status !== 'pending') return refund;
  const payment = await findPayment(ctx.store.read, refund.payment_id);
  if (!payment) throw new Error('a refund without its payment');
  let answer: ProviderRefund;
  try {
    answer = await ctx.providers[payment.provider].refund({
      reference: refund.reference,
      refundId: refund.id,
      amount: refund.amount,
      reason: refund.reason,
    });
  } catch (error) {
    ctx.log.error({ payment_id: payment.id, refund_id: refund.id, err: error }, 'provider refund failed');
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') return refund;
    answer = { status: 'failed' };
  }
  if (answer.status === 'pending') return refund;
  return finish(ctx, refund.id, answer.status);
}

async function finish(ctx: Context, id: string, status: 'succeeded' | 'failed'): Promise<RefundRow> {
  const now = ctx.now();
  const { refund, payment } = await ctx.store.write(async (trx) => {
    const finished = await trx
      .updateTable('refunds')
      .set({ status, updated_at: now })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    const refund = finished ?? (await findRefund(trx, id));
    if (!refund) throw new Error('a refund that was there is gone');
    const before = await findPayment(trx, refund.payment_id);
    if (!finished || !before) return { refund, payment: null };
    const after = status === 'succeeded' ? await giveBack(trx, before, refund, now) : before;
    await queueRefundNotification(trx, after, refund, now);
    return { refund, payment: after };
  });
  if (payment) ctx.announce(payment);
  return refund;
}

function giveBack(trx: Writer, payment: Payment, refund: RefundRow, now: number): Promise<Payment> {
  const refundedAmount = payment.refundedAmount + refund.amount;
  const status = refundedAmount === payment.amount ? 'refunded' : 'partial_refunded';
  return record(
    trx,
    payment,
    { status, refundedAmount },
    { event: 'refund.succeeded', source: 'merchant' },
    now,
  );
}

async function refundable(db: Reader, payment: Payment | null, asked: number | null): Promise<number> {
  if (!payment) throw new RefundRefused('payment_not_found', 'There is no such payment.');
  if (payment.status !== 'paid' && payment.status !== 'partial_refunded') {
    throw new RefundRefused('not_paid', `The payment is ${payment.status}: there is nothing to give back.`);
  }
  const pending = await db
    .selectFrom('refunds')
    .select((eb) => eb.fn.sum<number | null>('amount').as('sum'))
    .where('payment_id', '=', payment.id)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  const left = payment.amount - payment.refundedAmount - (pending.sum ?? 0);
  const amount = asked ?? left;
  if (amount <= 0 || amount > left) {
    throw new RefundRefused(
      'exceeds_payment',
      `At most ${left} kopecks of this payment can still be given back.`,
    );
  }
  return amount;
}

export async function findRefund(db: Reader, id: string): Promise<RefundRow | null> {
  return (await db.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export function findPendingRefunds(db: Reader, olderThan: number): Promise<RefundRow[]> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('status', '=', 'pending')
    .where('updated_at', '<', olderThan)
    .limit(50)
    .execute();
}
