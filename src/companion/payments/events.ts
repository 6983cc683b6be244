import type { Insertable } from 'kysely';
import { prepared } from '../store/prepared.ts';
import type { Schema } from '../store/schema.ts';
import type { Writer } from '../store/store.ts';
import type { Payment } from './payment.ts';

/** What a change came from. */
export interface Cause {
  /** The event in its sender's words. */
  readonly event: string;
  /** `provider:sandbox`, `clock`, `merchant`, `payer`, `operator`. */
  readonly source: string;
}

/** What a provider answers when asked: how things stand now, again and again. */
export function answerOf(provider: string): Cause {
  return { event: STATUS_QUERY, source: `provider:${provider}` };
}

export function isAnswer({ event }: Cause): boolean {
  return event === STATUS_QUERY;
}

/** Whether a provider says so, by a webhook or when asked. */
export function isProvidersWord({ source }: Cause): boolean {
  return source.startsWith('provider:');
}

const STATUS_QUERY = 'status query';

const insertEvent = prepared((db, line: Insertable<Schema['payment_events']>) =>
  db.insertInto('payment_events').values(line),
);

/**
 * Adds a line to the payment's history. What a provider answers again and again when asked is told once: a question
 * about a replaced code never, and another answer that changes nothing only when it differs from the line before.
 * `attention`: what a person has found out, with the sums before and after.
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
    payment_id: after.id,
    version: after.version,
    event: cause.event,
    status_before: before.status,
    status_after: after.status,
    source: cause.source,
    note,
    attention_json: attention && JSON.stringify(attention),
  };
  if (note !== null && isAnswer(cause)) {
    if (note === 'replaced_attempt') return;
    const last = await trx
      .selectFrom('payment_events')
      .selectAll()
      .where('payment_id', '=', after.id)
      .orderBy('id', 'desc')
      .executeTakeFirst();
    if (last?.event === line.event && last.note === note && last.version === line.version) return;
  }
  await insertEvent(trx, { ...line, created_at: now });
}
