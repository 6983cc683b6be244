import { queueWebhook } from './merchant-webhooks.ts';
import { prepared } from '../../store/prepared.ts';
import type { AttentionRow } from '../../store/schema.ts';
import type { Reader, Writer } from '../../store/store.ts';
import {
  ATTENTION_REASONS,
  type AttentionOutcome,
  type AttentionReason,
} from '../../store/attention-reasons.ts';
import { logAfterCommit } from './history-log.ts';
import { newId } from '../../lib/ids.ts';
import type { Payment } from './payment.ts';

/** A matter that a person should look at. */
export interface Attention {
  readonly reason: AttentionReason;
  /** The reference of the attempt that the attention is about. */
  readonly reference: string;
  /** The amount in the provider's report, kopecks; `null` when the report names none. */
  readonly reported_amount?: number | null;
  readonly reported_currency?: string | null;
  /** Our refund that the attention is about, or that gives a second charge back. */
  readonly refund_id?: string | null;
  /** The provider's id of a refund that we did not request. */
  readonly provider_refund_id?: string | null;
  /**
   * Kopecks that may have gone out, and count against further refunds until the attention is resolved. `null`: all that is
   * left to refund.
   */
  readonly reserved_amount?: number | null;
}

/**
 * Stores an attention and queues its webhook if the payment has a `callback_url`, in the caller's transaction. Returns its
 * id; `null` when the same attention was opened before (see `opens` in attention-reasons.ts).
 */
export async function queueAttention(
  trx: Writer,
  payment: Payment,
  { reserved_amount = 0, reported_amount = null, ...rest }: Attention,
  now: number,
): Promise<string | null> {
  const attention = { ...rest, reported_amount: sumOrUnknown(reported_amount) };
  const reserved = sumOrUnknown(reserved_amount);
  const { reason, reference } = attention;
  const { opens } = ATTENTION_REASONS[reason];
  const id = newId('att');
  const subject = subjectOf(attention) ?? id;
  const earlier = await trx
    .selectFrom('attention')
    .selectAll()
    .where('paymentId', '=', payment.id)
    .where('reason', '=', reason)
    .where('reference', '=', reference)
    .where('subject', '=', subject)
    .execute();
  const open = earlier.find(({ resolvedAt }) => resolvedAt === null);
  if (open) await reserveMore(trx, open, reserved);
  if (open || (earlier.length > 0 && opens !== 'after_resolve')) return null;
  await trx
    .insertInto('attention')
    .values({
      id,
      paymentId: payment.id,
      reason,
      reference,
      subject,
      refundId: attention.refund_id ?? null,
      providerRefundId: attention.provider_refund_id ?? null,
      reportedAmount: attention.reported_amount,
      reportedCurrency: attention.reported_currency ?? null,
      reservedAmount: reserved,
      openedAt: now,
      resolvedAt: opens === 'news' ? now : null,
      outcome: opens === 'news' ? 'money_out' : null,
      note: null,
    })
    .execute();
  await queueWebhook(trx, payment, 'payment.attention', now, {
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    attention_id: id,
    ...attention,
  });
  logAfterCommit(trx, {
    level: opens === 'news' ? 'info' : 'warn',
    fields: { payment_id: payment.id, status: payment.status, attention_id: id, ...attention },
    message: opens === 'news' ? 'payment attention' : 'payment needs attention',
  });
  return id;
}

/** Returns `null` for a number that is not an amount of money: negative, fractional, or too large to be read again. */
function sumOrUnknown(sum: number | null): number | null {
  return Number.isSafeInteger(sum) && sum! >= 0 ? sum : null;
}

/** A repeated report may name a larger amount. The largest one is reserved. */
async function reserveMore(
  trx: Writer,
  { id, reservedAmount: before }: AttentionRow,
  reserved: number | null,
): Promise<void> {
  if (before === null || (reserved !== null && reserved <= before)) return;
  await trx.updateTable('attention').set({ reservedAmount: reserved }).where('id', '=', id).execute();
}

/**
 * Returns the id of the refund that the attention is about; empty when it is about none. `null` when the refund cannot be
 * told from others: then each report opens a new attention.
 */
function subjectOf({ reason, refund_id, provider_refund_id }: Attention): string | null {
  return refund_id ?? provider_refund_id ?? (reason === 'unmatched_refund' ? null : '');
}

export async function findAttention(db: Reader, paymentId: string, id: string): Promise<AttentionRow | null> {
  const row = await db
    .selectFrom('attention')
    .selectAll()
    .where('id', '=', id)
    .where('paymentId', '=', paymentId)
    .executeTakeFirst();
  return row ?? null;
}

/** Returns the open attentions of these payments, oldest first. */
export function findOpenAttentionOf(db: Reader, paymentIds: readonly string[]): Promise<AttentionRow[]> {
  return db
    .selectFrom('attention')
    .selectAll()
    .where('paymentId', 'in', paymentIds)
    .where('resolvedAt', 'is', null)
    .orderBy('seq')
    .execute();
}

/** Returns the open attentions of a payment, oldest first. */
export function findOpenAttention(db: Reader, paymentId: string): Promise<AttentionRow[]> {
  return findOpenAttentionOf(db, [paymentId]);
}

const closeOpen = prepared(
  (
    trx,
    values: {
      paymentId: string;
      reason: AttentionReason;
      subject: string;
      outcome: AttentionOutcome;
      now: number;
    },
  ) =>
    trx
      .updateTable('attention')
      .set({ resolvedAt: values.now, outcome: values.outcome })
      .where('paymentId', '=', values.paymentId)
      .where('reason', '=', values.reason)
      .where('subject', '=', values.subject)
      .where('resolvedAt', 'is', null),
);

/** Resolves an open attention after the missing report of the provider came. `refundId` is for attentions about a refund. */
export async function closeAttention(
  trx: Writer,
  { paymentId, reason, refundId = '' }: { paymentId: string; reason: AttentionReason; refundId?: string },
  outcome: AttentionOutcome,
  now: number,
): Promise<void> {
  await closeOpen(trx, { paymentId, reason, subject: refundId, outcome, now });
}
