import type { AttemptRow, RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';

/** The attempt's refunds that its provider may have heard of, the oldest first. */
export function findSentRefunds(trx: Writer, { reference }: AttemptRow): Promise<RefundRow[]> {
  return trx
    .selectFrom('refunds')
    .selectAll()
    .where('reference', '=', reference)
    .where('asks', '>', 0)
    .orderBy('seq')
    .execute();
}

/** Counts a report of a refund that names neither which one nor how much, and is of one that we have asked for. */
export async function countUnidentifiedReport(
  trx: Writer,
  { reference, unnamed_refunds }: AttemptRow,
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ unnamed_refunds: unnamed_refunds + 1 })
    .where('reference', '=', reference)
    .execute();
}

/**
 * The refunds that a provider speaks of when it says that a refund has succeeded and not which one: the only one of the
 * attempt that is under way. Of several nobody can say which one is meant, until as many messages have come as there are
 * refunds: then it is all of them. None while that is open.
 */
export async function matchUnidentifiedReport(
  trx: Writer,
  attempt: AttemptRow,
  asked: readonly RefundRow[],
): Promise<readonly RefundRow[]> {
  const pending = asked.filter(({ status }) => status === 'pending');
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
