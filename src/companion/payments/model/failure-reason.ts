import { sanitizeForLog } from '../../lib/logging.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';

/**
 * Keeps why a pending refund is about to fail, in the provider's words: one line of at most 300 characters, without
 * what tells of a person. To be called in the transaction that settles the refund, before it does.
 */
export async function keepFailureReason(
  trx: Writer,
  { id }: Pick<RefundRow, 'id'>,
  said: string | null | undefined,
): Promise<void> {
  const reason = sanitizeForLog(said ?? '');
  if (reason === '') return;
  await trx
    .updateTable('refunds')
    .set({ failureReason: reason })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute();
}

/** Why a refund has failed; `null` when it has not, and when nobody has said why. */
export function failureReasonOf({ status, failureReason }: RefundRow): string | null {
  return status === 'failed' ? failureReason : null;
}
