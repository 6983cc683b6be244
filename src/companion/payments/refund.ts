import type { Context } from '../context.ts';
import { ProviderError, type ProviderRefund } from '../providers/provider.ts';
import type { RefundRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';
import { findAttempt, paidReference, refOfAttempt } from './attempts.ts';
import { findPayment } from './find.ts';
import { newId } from './ids.ts';
import type { Payment } from './payment.ts';
import { settleRefund } from './refund-report.ts';

/** Between two questions about a refund that is under way. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

export interface RefundOrder {
  readonly paymentId: string;
  /** Kopecks; `null` for all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
}

/** Why a refund was not begun; nothing has changed then. */
export class RefundRefused extends Error {
  readonly code: 'payment_not_found' | 'not_paid' | 'not_refundable' | 'exceeds_payment';
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
    const { amount, reference } = await refundable(ctx, trx, payment, order.amount);
    const now = ctx.now();
    await reserve(trx, id);
    return trx
      .insertInto('refunds')
      .values({
        id,
        payment_id: order.paymentId,
        reference,
        amount,
        reason: order.reason,
        status: 'pending',
        next_ask_at: now + FIRST_PAUSE_MS,
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
  const attempt = await findAttempt(ctx.store.read, refund.reference);
  if (!payment || !attempt) throw new Error('a refund without its payment');
  // On disk before the call: whoever comes after a crash must know that there may have been one.
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** refund.asks, LONGEST_PAUSE_MS);
  await update(ctx, refund.id, { asks: refund.asks + 1, next_ask_at: ctx.now() + pause });
  let answer: ProviderRefund;
  try {
    answer = await ctx.providers[attempt.provider].refund({
      payment: refOfAttempt(attempt, payment),
      refundId: refund.id,
      providerRefundId: refund.provider_refund_id,
      repeated: refund.asks > 0,
      amount: refund.amount,
      reason: refund.reason,
    });
  } catch (error) {
    ctx.log.error({ payment_id: payment.id, refund_id: refund.id, err: error }, 'provider refund failed');
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') return refund;
    answer = { status: 'failed' };
  }
  const { status, providerRefundId } = answer;
  if (providerRefundId && providerRefundId !== refund.provider_refund_id) {
    await update(ctx, refund.id, { provider_refund_id: providerRefundId });
  }
  if (status === 'pending') return (await findRefund(ctx.store.read, refund.id)) ?? refund;
  const settled = await ctx.store.write((trx) => settleRefund(trx, refund, status, ctx.now()));
  if (settled.settled) ctx.announce(settled.payment);
  return settled.refund;
}

function update(
  ctx: Context,
  id: string,
  changes: Partial<Pick<RefundRow, 'asks' | 'next_ask_at' | 'provider_refund_id'>>,
): Promise<unknown> {
  return ctx.store.write((trx) => trx.updateTable('refunds').set(changes).where('id', '=', id).execute());
}

/** What may be given back, and of which attempt's money. */
async function refundable(
  ctx: Context,
  db: Reader,
  payment: Payment | null,
  asked: number | null,
): Promise<{ amount: number; reference: string }> {
  if (!payment) throw new RefundRefused('payment_not_found', 'There is no such payment.');
  if (payment.status !== 'paid' && payment.status !== 'partial_refunded') {
    throw new RefundRefused('not_paid', `The payment is ${payment.status}: there is nothing to give back.`);
  }
  const reference = await paidReference(db, payment);
  const earlier = await db
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', payment.id)
    .where('duplicate', '=', 0)
    .where('status', '!=', 'failed')
    .execute();
  const attempt = await findAttempt(db, reference);
  const { refund: can } = ctx.providers[attempt!.provider].capabilities;
  if (can === 'none') {
    throw new RefundRefused('not_refundable', `${attempt!.provider} gives nothing back by this API.`);
  }
  if (can === 'once' && earlier.length > 0) {
    throw new RefundRefused('not_refundable', `${attempt!.provider} allows one refund a payment.`);
  }
  const pending = earlier.filter(({ status }) => status === 'pending');
  const sum = pending.reduce((total, { amount }) => total + amount, 0);
  const left = payment.amount - payment.refundedAmount - sum;
  const amount = asked ?? left;
  if (amount <= 0 || amount > left) {
    throw new RefundRefused(
      'exceeds_payment',
      `At most ${left} kopecks of this payment can still be given back.`,
    );
  }
  return { amount, reference };
}

export async function findRefund(db: Reader, id: string): Promise<RefundRow | null> {
  return (await db.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Refunds whose provider is to be asked now. */
export function findPendingRefunds(db: Reader, now: number): Promise<RefundRow[]> {
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('status', '=', 'pending')
    .where('next_ask_at', '<=', now)
    .limit(50)
    .execute();
}
