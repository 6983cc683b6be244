import { sanitizeForLog } from '../../lib/logging.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';

/**
 * Stores why a pending refund is about to fail, in the provider's words: one line of at most 300 characters, without
 * personal data. Call this in the transaction that settles the refund, while the refund is still pending.
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

/** Returns why the refund failed; `null` when it did not fail or the provider gave no reason. */
export function failureReasonOf({ status, failureReason }: RefundRow): string | null {
  return status === 'failed' ? failureReason : null;
}
