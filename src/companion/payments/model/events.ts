import type { Insertable } from 'kysely';
import { sanitizeForLog } from '../../lib/logging.ts';
import { prepared } from '../../store/prepared.ts';
import type { Schema } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { logAfterCommit } from './history-log.ts';
import type { Outcome } from './outcome.ts';
import type { Payment } from './payment.ts';

/** The cause of a change. */
export interface Cause {
  /** The event, as its sender names it. */
  readonly event: string;
  /** `provider:sandbox`, `clock`, `merchant`, `payer`, `operator`. */
  readonly source: string;
  /** The provider's reason, sanitized for the log. It is not stored. */
  readonly detail?: string | null | undefined;
}

/** Returns the cause for a provider's answer to a status query. Queries are repeated, so answers are too. */
export function answerOf(provider: string): Cause {
  return { event: STATUS_QUERY, source: `provider:${provider}` };
}

export function isAnswer({ event }: Cause): boolean {
  return event === STATUS_QUERY;
}

/** True if a provider is the source, by a webhook or by an answer. */
export function isProvidersWord({ source }: Cause): boolean {
  return source.startsWith('provider:');
}

const STATUS_QUERY = 'status query';

/** Notes of reports that changed nothing although they should have. Only a person can tell what they mean. */
const UNCLEAR: readonly string[] = ['unknown_status', 'unmatched_refund'] satisfies Outcome[];

const insertEvent = prepared((db, line: Insertable<Schema['paymentEvents']>) =>
  db.insertInto('paymentEvents').values(line),
);

/**
 * Adds a line to the payment's history and logs it after the commit. Repeated answers to status queries add no lines: an
 * answer about a replaced attempt never does, and another answer that changes nothing does only if it differs from the line
 * before. `attention` is the finding of a person, with the amounts before and after. An attention that the merchant is
 * notified of logs its own warning: see `queueAttention`.
 */
export async function addEvent(
  trx: Writer,
  before: Payment,
  after: Payment,
  cause: Cause,
  note: string | null,
  now: number,
  attention: object | null = null,
): Promise<void> {
  const line = {
    paymentId: after.id,
    version: after.version,
    event: cause.event,
    statusBefore: before.status,
    statusAfter: after.status,
    source: cause.source,
    note,
    attentionJson: attention && JSON.stringify(attention),
  };
  if (note !== null && isAnswer(cause)) {
    if (note === 'replaced_attempt') return;
    const last = await trx
      .selectFrom('paymentEvents')
      .selectAll()
      .where('paymentId', '=', after.id)
      .orderBy('id', 'desc')
      .executeTakeFirst();
    if (last?.event === line.event && last.note === note && last.version === line.version) return;
  }
  await insertEvent(trx, { ...line, createdAt: now });
  logAfterCommit(trx, {
    level: note !== null && UNCLEAR.includes(note) ? 'warn' : 'info',
    fields: {
      payment_id: line.paymentId,
      version: line.version,
      event: sanitizeForLog(line.event),
      status_before: line.statusBefore,
      status_after: line.statusAfter,
      source: line.source,
      note: line.note,
      attention_json: line.attentionJson,
      ...(cause.detail ? { detail: cause.detail } : {}),
      method: after.method,
      provider: after.provider,
      reference: after.reference,
      amount: after.amount,
      refunded_amount: after.refundedAmount,
      late: after.late,
    },
    message: 'payment event',
  });
}
