import { queueAttentionNotification } from '../notifications/outbox.ts';
import type { AttentionRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';
import { ATTENTION_REASONS, type AttentionReason } from './attention-reasons.ts';
import { logAfterCommit } from './history-log.ts';
import { newId } from './ids.ts';
import type { Payment } from './payment.ts';

/** What a person should look at. */
export interface Attention {
  readonly reason: AttentionReason;
  /** The attempt it is about, as the provider knows it. */
  readonly reference: string;
  /** Kopecks, as the provider says; `null` when the provider names no sum. */
  readonly reported_amount?: number | null;
  readonly reported_currency?: string | null;
  /** Our refund that it is about, or that gives a second charge back. */
  readonly refund_id?: string | null;
  /** The provider's id of a refund that is none of ours. */
  readonly provider_refund_id?: string | null;
  /** Kopecks that may have gone out and count against further refunds until it is resolved; `null`: all that is left. */
  readonly reserved_amount?: number | null;
}

/**
 * Stores an attention and queues its webhook (where the payment has a `callback_url`), in the caller's transaction.
 * Returns its id, or `null` when the same one was opened before: see `opens` in attention-reasons.ts.
 */
export async function queueAttention(
  trx: Writer,
  payment: Payment,
  { reserved_amount = 0, ...attention }: Attention,
  now: number,
): Promise<string | null> {
  const { reason, reference } = attention;
  const { opens } = ATTENTION_REASONS[reason];
  const id = newId('att');
  const subject = subjectOf(attention) ?? id;
  const earlier = await trx
    .selectFrom('attention')
    .select(['resolved_at'])
    .where('payment_id', '=', payment.id)
    .where('reason', '=', reason)
    .where('reference', '=', reference)
    .where('subject', '=', subject)
    .execute();
  if (earlier.some(({ resolved_at }) => resolved_at === null || opens !== 'after_resolve')) return null;
  await trx
    .insertInto('attention')
    .values({
      id,
      payment_id: payment.id,
      reason,
      reference,
      subject,
      refund_id: attention.refund_id ?? null,
      provider_refund_id: attention.provider_refund_id ?? null,
      reported_amount: attention.reported_amount ?? null,
      reported_currency: attention.reported_currency ?? null,
      reserved_amount,
      opened_at: now,
      resolved_at: opens === 'news' ? now : null,
      outcome: opens === 'news' ? 'money_out' : null,
      note: null,
    })
    .execute();
  await queueAttentionNotification(trx, payment, { attention_id: id, ...attention }, now);
  logAfterCommit(trx, {
    level: opens === 'news' ? 'info' : 'warn',
    fields: { payment_id: payment.id, status: payment.status, attention_id: id, ...attention },
    message: opens === 'news' ? 'payment attention' : 'payment needs attention',
  });
  return id;
}

/** The refund it is about; `null` when nobody can tell it from another one, so that each report is a new one. */
function subjectOf({ reason, refund_id, provider_refund_id }: Attention): string | null {
  return refund_id ?? provider_refund_id ?? (reason === 'unmatched_refund' ? null : '');
}

/** The open ones of a payment, the oldest first. */
export function findOpenAttention(db: Reader, paymentId: string): Promise<AttentionRow[]> {
  return db
    .selectFrom('attention')
    .selectAll()
    .where('payment_id', '=', paymentId)
    .where('resolved_at', 'is', null)
    .orderBy('seq')
    .execute();
}
