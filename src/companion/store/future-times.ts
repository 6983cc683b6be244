import { sql } from 'kysely';
import { IS_OPEN_PAYMENT, IS_PENDING_REFUND } from './index-conditions.ts';
import type { Writer } from './store.ts';

/** Clocks are corrected by less than this every day, ms. */
const TOLERANCE_MS = 60_000;

/**
 * Takes back times that a clock has written which was ahead: a payment made by it would stay open for as long as it was
 * ahead, a delivery would be tried and personal data kept so much longer. Only for a clock that may be relied upon: to
 * one that is behind, every time is in the future. Each question goes through an index of what still has an end before it.
 */
export async function takeBackFutureTimes(trx: Writer, now: number): Promise<void> {
  const future = now + TOLERANCE_MS;
  const open = await trx
    .updateTable('payments')
    .set({
      deadline: sql`${now} + lifetime`,
      expires_at: sql`min(expires_at, ${now} + lifetime)`,
      next_check_at: now,
    })
    .where(IS_OPEN_PAYMENT)
    .where(sql<boolean>`deadline > ${future} + lifetime`)
    .returning(['id', 'deadline'])
    .execute();
  for (const { id, deadline } of open) {
    await trx
      .updateTable('attempts')
      .set({ deadline })
      .where('payment_id', '=', id)
      .where('deadline', '>', deadline)
      .execute();
  }
  await trx
    .updateTable('payments')
    // Renewals are counted from the first expiry; one that is not there stays so.
    .set({ updated_at: now, first_expired_at: sql`min(first_expired_at, ${now})` })
    .where('erased_at', 'is', null)
    .where('updated_at', '>', future)
    .execute();
  await trx
    .updateTable('refunds')
    .set({ created_at: now })
    .where(IS_PENDING_REFUND)
    .where('created_at', '>', future)
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ retry_from: now })
    .where('next_attempt_at', 'is not', null)
    .where('retry_from', '>', future)
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ created_at: now })
    .where('body', '<>', sql.lit(''))
    .where('created_at', '>', future)
    .execute();
  await trx
    .updateTable('provider_deliveries')
    .set({ received_at: now })
    .where('body', '<>', sql<Uint8Array>`x''`)
    .where('received_at', '>', future)
    .execute();
  await trx
    .updateTable('idempotency_keys')
    .set({ created_at: now })
    .where('created_at', '>', future)
    .execute();
}
