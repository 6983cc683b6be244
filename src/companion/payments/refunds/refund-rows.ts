import type { RefundRow } from '../../store/schema.ts';
import type { Reader, Writer } from '../../store/store.ts';
import { logAfterCommit } from '../model/history-log.ts';
import { newId } from '../../lib/ids.ts';

export interface NewRefund {
  /** Defaults to a new id. */
  readonly id?: string;
  readonly paymentId: string;
  /** The attempt whose money goes back. */
  readonly reference: string;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string | null;
  /** Whether it gives a second charge back, which does not count against the payment. Defaults to `false`. */
  readonly duplicate?: boolean;
  /** When the caretaker first carries it out (unix ms). Defaults to at once. */
  readonly nextRequestAt?: number;
}

/** Stores a pending refund in the caller's transaction, before any provider hears of it. */
export function insertRefund(
  trx: Writer,
  { id = newId('rfd'), paymentId, reference, amount, reason, duplicate = false, nextRequestAt }: NewRefund,
  now: number,
): Promise<RefundRow> {
  logAfterCommit(trx, {
    level: 'info',
    fields: { payment_id: paymentId, refund_id: id, reference, amount },
    message: 'refund begun',
  });
  return trx
    .insertInto('refunds')
    .values({
      id,
      payment_id: paymentId,
      reference,
      amount,
      reason,
      status: 'pending',
      duplicate: duplicate ? 1 : 0,
      ...(nextRequestAt === undefined ? {} : { next_request_at: nextRequestAt }),
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findRefund(db: Reader, id: string): Promise<RefundRow | null> {
  return (await db.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}
