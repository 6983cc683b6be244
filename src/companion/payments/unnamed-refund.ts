import type { AttemptRow, RefundRow } from '../store/schema.ts';
import type { Writer } from '../store/store.ts';

/**
 * The refunds that a provider speaks of when it says that a refund has succeeded and not which one: the only one of the
 * attempt that is under way. Of several nobody can say which one is meant, until as many messages have come as there are
 * refunds: then it is all of them. None while that is open, nor when none of ours is under way: it was made in the
 * provider's own cabinet then.
 */
export async function findUnnamed(trx: Writer, attempt: AttemptRow): Promise<RefundRow[]> {
  const pending = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('reference', '=', attempt.reference)
    .where('status', '=', 'pending')
    .where('asks', '>', 0)
    .orderBy('seq')
    .execute();
  const [oldest] = pending;
  if (!oldest) return [];
  const { earlier } = await trx
    .selectFrom('payment_events')
    .select((eb) => eb.fn.countAll<number>().as('earlier'))
    .where('payment_id', '=', attempt.payment_id)
    .where('note', '=', 'unmatched_refund')
    .where('created_at', '>', oldest.created_at)
    .executeTakeFirstOrThrow();
  return earlier + 1 >= pending.length ? pending : [];
}
