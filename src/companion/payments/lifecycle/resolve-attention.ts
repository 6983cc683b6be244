import { queuePaymentNotification } from '../model/merchant-webhooks.ts';
import type { Context } from '../context.ts';
import type { FieldError } from '../../../protocol/problem.ts';
import type { AttentionRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import {
  ATTENTION_REASONS,
  type AttentionOutcome,
  type AttentionReason,
} from '../../store/attention-reasons.ts';
import { findAttention } from '../model/attention.ts';
import { findAttempt } from '../model/attempts.ts';
import { addEvent } from '../model/events.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import { correctRefund, resolveOverdueRefund } from '../refunds/resolve-refund.ts';
import { findRefundBalance } from '../refunds/refund-balance.ts';
import { updateRefundedAmount } from '../refunds/settle-refund.ts';

export interface Resolution {
  readonly outcome: AttentionOutcome;
  /** Kopecks that were refunded, if the provider has reported no amount or a wrong one; `null` otherwise. */
  readonly amount: number | null;
  readonly note: string | null;
}

/** Why an attention was not resolved. Nothing has changed then. */
export class ResolveRefused extends Error {
  readonly code: 'payment_not_found' | 'attention_not_found' | 'attention_resolved' | 'invalid_fields';
  readonly errors: readonly FieldError[];
  constructor(code: ResolveRefused['code'], message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.name = 'ResolveRefused';
    this.code = code;
    this.errors = errors;
  }
}

/** Reasons whose outcome `money_out` accepts an amount. */
const WITH_AMOUNT: readonly AttentionReason[] = ['unmatched_refund', 'refund_contradicted'];

interface ResolveOrder {
  readonly paymentId: string;
  readonly attentionId: string;
  readonly resolution: Resolution;
}

/**
 * Stores what a person has found out about an attention. This is final. `money_out` counts as refunded if the money
 * belonged to the payment; every outcome ends the reservation. No outcome makes a payment paid or ends it: only the
 * provider's reports do. `reserve` runs in the same transaction; nothing is stored if it throws. Throws
 * {@link ResolveRefused}.
 */
export async function resolveAttention(
  ctx: Pick<Context, 'store' | 'now' | 'announce' | 'wakeNotifier'>,
  { paymentId, attentionId, resolution }: ResolveOrder,
  reserve: (trx: Writer) => Promise<void>,
): Promise<{ attention: AttentionRow; payment: Payment }> {
  const resolved = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment) throw new ResolveRefused('payment_not_found', 'There is no such payment.');
    const open = await findAttention(trx, paymentId, attentionId);
    if (!open) throw new ResolveRefused('attention_not_found', 'This payment has no such attention.');
    if (open.resolvedAt !== null) {
      throw new ResolveRefused(
        'attention_resolved',
        `This attention was resolved before, as ${open.outcome}. That is final.`,
      );
    }
    const amount = amountOut(open, resolution, payment);
    await reserve(trx);
    const now = ctx.now();
    const sumsBefore = await findRefundBalance(trx, payment);
    const counted = await countedAmount(trx, open, { resolution, amount, payment });
    // Closed first: the steps below must find the attention closed and its reservation gone.
    const attention = await closeResolved(trx, open, { resolution, counted, now });
    const after = await applyResolution(trx, payment, { attention, amount, now });
    const sums = {
      refunded_before: payment.refundedAmount,
      refunded_after: after.refundedAmount,
      reserved_before: sumsBefore.reserved,
      reserved_after: (await findRefundBalance(trx, after)).reserved,
    };
    const { id: attention_id, reason } = attention;
    const cause = { event: 'attention.resolved', source: 'merchant' };
    const details = { attention_id, reason, outcome: resolution.outcome, ...sums };
    await addEvent(trx, after, after, cause, 'attention_resolved', now, details);
    return { attention, payment: after, changed: after.version !== payment.version };
  });
  if (resolved.changed) ctx.announce(resolved.payment);
  ctx.wakeNotifier();
  return resolved;
}

/** Returns the kopecks of a `money_out`; 0 if the outcome has no amount. Throws {@link ResolveRefused} for a wrong field. */
function amountOut(
  { reason, reportedAmount: reported }: AttentionRow,
  { outcome, amount }: Resolution,
  payment: Payment,
): number {
  const invalid = (path: string, message: string) =>
    new ResolveRefused('invalid_fields', `${path} ${message}`, [{ path, message }]);
  const outcomes: readonly AttentionOutcome[] = ATTENTION_REASONS[reason].outcomes;
  if (!outcomes.includes(outcome)) {
    throw invalid('outcome', `must be one of ${outcomes.join(', ')} for ${reason}`);
  }
  const takesAmount = outcome === 'money_out' && WITH_AMOUNT.includes(reason);
  if (!takesAmount && amount !== null)
    throw invalid('amount', `is not accepted with ${outcome} of ${reason}`);
  if (amount !== null && amount > payment.amount)
    throw invalid('amount', `must be at most the payment's ${payment.amount} kopecks`);
  const sum = amount ?? reported ?? 0;
  if (takesAmount && sum === 0)
    throw invalid('amount', 'is required: the provider has not reported the amount');
  return sum;
}

/** Returns the kopecks of the payment that left without a refund of ours, by what a person has found out. */
async function countedAmount(
  trx: Writer,
  { reason, reference }: AttentionRow,
  {
    resolution: { outcome },
    amount,
    payment,
  }: { readonly resolution: Resolution; readonly amount: number; readonly payment: Payment },
): Promise<number> {
  if (outcome !== 'money_out' || (reason !== 'unmatched_refund' && reason !== 'paid_contradicted')) return 0;
  // A second charge never counts against the payment.
  if ((await findAttempt(trx, reference))?.state === 'duplicate') return 0;
  // All the money went back or never came, so none of it can be refunded.
  return reason === 'paid_contradicted' ? payment.amount : amount;
}

function closeResolved(
  trx: Writer,
  { id }: AttentionRow,
  {
    resolution: { outcome, note },
    counted,
    now,
  }: { readonly resolution: Resolution; readonly counted: number; readonly now: number },
): Promise<AttentionRow> {
  return trx
    .updateTable('attention')
    .set({ resolvedAt: now, outcome, note, reservedAmount: counted })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Applies a resolved attention to its refund or to the payment's refunded sum. */
async function applyResolution(
  trx: Writer,
  payment: Payment,
  {
    attention,
    amount,
    now,
  }: { readonly attention: AttentionRow; readonly amount: number; readonly now: number },
): Promise<Payment> {
  const { reason, refundId, reservedAmount: counted } = attention;
  const isOut = attention.outcome === 'money_out';
  if (reason === 'refund_overdue' && refundId !== null)
    return resolveOverdueRefund(trx, payment, { refundId, isOut, now });
  if (reason === 'refund_contradicted' && refundId !== null) {
    return correctRefund(trx, payment, { refundId, amountOut: isOut ? amount : null, now });
  }
  // A payment that is not known to be paid keeps its status. The amount counts once it is paid (see refund-balance.ts).
  if (!counted || payment.paidAt === null) return payment;
  return countResolvedRefund(trx, payment, { refundedAmount: payment.refundedAmount + counted, now });
}

async function countResolvedRefund(
  trx: Writer,
  payment: Payment,
  { refundedAmount, now }: { readonly refundedAmount: number; readonly now: number },
): Promise<Payment> {
  const event = refundedAmount < payment.amount ? 'payment.partial_refunded' : 'payment.refunded';
  const cause = { event, source: 'merchant' };
  const after = await updateRefundedAmount(trx, payment, { refundedAmount, cause, now });
  await queuePaymentNotification(trx, after, now);
  return after;
}
