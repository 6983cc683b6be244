import { delayByAgeMs } from '../../lib/backoff.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderRefund } from '../../providers/provider.ts';
import type { RefundRow } from '../../store/schema.ts';
import { findAttempt, refOfAttempt } from '../model/attempts.ts';
import { queueAttention } from '../model/attention.ts';
import { findRefund } from './refund-rows.ts';
import { keepFailureReason } from '../model/failure-reason.ts';
import { findPayment } from '../model/queries.ts';
import { contradictsTest, type Payment } from '../model/payment.ts';
import { checkBalance } from './refund-balance.ts';
import { settleRefund } from './settle-refund.ts';

/** The pause between two calls for a pending refund, ms. It grows with the refund's age up to the longest pause. */
export const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** The longest pause for a refund older than a day, ms: its result is lost or takes days. */
export const LONGEST_OLD_PAUSE_MS = 3_600_000;
const OLD_MS = 24 * 3_600_000;

export type RefundContext = Pick<
  Context,
  'store' | 'providers' | 'log' | 'now' | 'announce' | 'wakeNotifier'
>;

/** Sends a pending refund like {@link sendRefund}. Returns it still pending when the provider's result is unknown. */
export async function trySendRefund(ctx: RefundContext, refund: RefundRow): Promise<RefundRow> {
  try {
    return await sendRefund(ctx, refund);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // A webhook may have settled the refund while the call failed.
    return (await findRefund(ctx.store.read, refund.id)) ?? refund;
  }
}

/**
 * Asks the provider to make a pending refund, or requests for its result if the provider has it already. Can be repeated: the
 * refund's id is the idempotency key, and `repeated` warns providers without idempotent refunds. Throws a
 * {@link ProviderError} when the result is unknown.
 */
export async function sendRefund(ctx: RefundContext, refund: RefundRow): Promise<RefundRow> {
  if (refund.status !== 'pending') return refund;
  // The attempt to send is stored before the call: after a crash, the next call must know that there may have been one.
  if (!(await claimSend(ctx, refund))) return (await findRefund(ctx.store.read, refund.id)) ?? refund;
  const payment = await findPayment(ctx.store.read, refund.paymentId);
  const attempt = await findAttempt(ctx.store.read, refund.reference);
  if (!payment || !attempt) throw new Error(`refund ${refund.id} has no payment or no attempt`);
  let answer: ProviderRefund;
  try {
    answer = await ctx.providers[attempt.provider].refund({
      payment: refOfAttempt(attempt, payment),
      refundId: refund.id,
      providerRefundId: refund.providerRefundId,
      repeated: refund.requests > 0,
      amount: refund.amount,
      reason: refund.reason,
    });
  } catch (cause) {
    ctx.log.error({ payment_id: payment.id, refund_id: refund.id, err: cause }, 'provider refund failed');
    const error =
      cause instanceof ProviderError ? cause : new ProviderError('unavailable', 'the call failed', { cause });
    if (!error.mayHaveTakenEffect) await undoClaim(ctx, refund);
    if (error.kind === 'unavailable') throw error;
    answer = { status: 'failed', failureReason: error.reason };
  }
  const { status, providerRefundId } = answer;
  if (providerRefundId && providerRefundId !== refund.providerRefundId) {
    await ctx.store.write((trx) =>
      trx.updateTable('refunds').set({ providerRefundId }).where('id', '=', refund.id).execute(),
    );
  }
  if (status === 'succeeded' && contradictsTest(payment, answer)) {
    await flagTestContradiction(ctx, payment, refund);
    throw new ProviderError(
      'unavailable',
      'the provider and the payment disagree on whether this refund is a test',
    );
  }
  if (status === 'pending') return (await findRefund(ctx.store.read, refund.id)) ?? refund;
  const settled = await ctx.store.write(async (trx) => {
    if (status === 'failed') await keepFailureReason(trx, refund, answer.failureReason);
    const source = refund.duplicate === 1 ? 'clock' : 'merchant';
    return settleRefund(trx, refund, { status, amount: null, source, now: ctx.now() });
  });
  if (settled.outcome === 'applied') ctx.announce(settled.payment);
  return settled.refund;
}

/** A test refund of real money returns nothing: the refund stays pending, and the merchant gets an attention. */
async function flagTestContradiction(
  ctx: RefundContext,
  payment: Payment,
  { id, reference }: RefundRow,
): Promise<void> {
  const attention = { reason: 'test_contradicted', reference, refund_id: id } as const;
  await ctx.store.write((trx) => queueAttention(trx, payment, attention, ctx.now()));
  ctx.wakeNotifier();
}

/**
 * Counts this call and plans the next one. Returns false if the refund must not be sent now. If two callers have read the
 * same row, only one of them may send. A refund that was never sent waits while its money may have left otherwise, and
 * fails once that is certain.
 */
async function claimSend(ctx: RefundContext, refund: RefundRow): Promise<boolean> {
  const { id, requests } = refund;
  const now = ctx.now();
  const age = now - refund.createdAt;
  const longestMs = age < OLD_MS ? LONGEST_PAUSE_MS : LONGEST_OLD_PAUSE_MS;
  const pause = delayByAgeMs(age, { share: 1, firstMs: FIRST_PAUSE_MS, longestMs });
  const room = await ctx.store.write(async (trx) => {
    const current = await findRefund(trx, id);
    if (current?.status !== 'pending' || current.requests !== requests) return null;
    const payment = await findPayment(trx, refund.paymentId);
    const room = requests === 0 && payment ? await checkBalance(trx, payment, current) : 'now';
    await trx
      .updateTable('refunds')
      .set({ requests: room === 'now' ? requests + 1 : requests, nextRequestAt: now + pause })
      .where('id', '=', id)
      .execute();
    if (room === 'never') await settleRefund(trx, refund, { ...NOTHING_LEFT, now });
    return room;
  });
  if (room === 'never') ctx.wakeNotifier();
  return room === 'now';
}

const NOTHING_LEFT = { status: 'failed', amount: null, source: 'clock' } as const;

/** Takes the counted call back: the call did not reach the provider. Does nothing if another call was counted since. */
async function undoClaim(ctx: Pick<Context, 'store'>, { id, requests }: RefundRow): Promise<void> {
  await ctx.store.write((trx) =>
    trx
      .updateTable('refunds')
      .set({ requests })
      .where('id', '=', id)
      .where('requests', '=', requests + 1)
      .execute(),
  );
}
