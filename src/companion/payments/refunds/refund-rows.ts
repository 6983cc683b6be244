import type { RefundRow } from '../../store/schema.ts';
import type { Reader, Writer } from '../../store/store.ts';
import { logAfterCommit } from '../model/history-log.ts';
import { newId } from '../../lib/ids.ts';

export interface NewRefund {
  /** Defaults to a new id. */
  readonly id?: string;
  readonly paymentId: string;
  /** The attempt whose money is refunded. */
  readonly reference: string;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string | null;
  /** True for the refund of a second charge, which does not count against the payment. Defaults to `false`. */
  readonly duplicate?: boolean;
  /** When the reconciler first sends it (unix ms). Defaults to immediately. */
  readonly nextRequestAt?: number;
}

/** Stores a pending refund in the caller's transaction, before the provider is called. */
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
      paymentId,
      reference,
      amount,
      reason,
      status: 'pending',
      duplicate: duplicate ? 1 : 0,
      ...(nextRequestAt === undefined ? {} : { next_request_at: nextRequestAt }),
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findRefund(db: Reader, id: string): Promise<RefundRow | null> {
  return (await db.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}
