import { sql } from 'kysely';
import { IS_OPEN_PAYMENT, IS_PENDING_REFUND } from './index-conditions.ts';
import type { Writer } from './store.ts';

/** Daily clock corrections are smaller than this, ms. */
const TOLERANCE_MS = 60_000;

/**
 * Resets times in the future, which a clock that was ahead has written. A payment with such a time would stay open too long,
 * a delivery would be retried too long and personal data kept too long. Call this only with a reliable clock: for a clock that
 * is behind, every time is in the future. Each query uses an index of unfinished rows.
 */
export async function takeBackFutureTimes(trx: Writer, now: number): Promise<void> {
  const future = now + TOLERANCE_MS;
  const open = await trx
    .updateTable('payments')
    .set({
      deadline: sql`${now} + lifetime`,
      expiresAt: sql`min(expires_at, ${now} + lifetime)`,
      nextCheckAt: now,
    })
    .where(IS_OPEN_PAYMENT)
    .where(sql<boolean>`deadline > ${future} + lifetime`)
    .returning(['id', 'deadline'])
    .execute();
  for (const { id, deadline } of open) {
    await trx
      .updateTable('attempts')
      .set({ deadline })
      .where('paymentId', '=', id)
      .where('deadline', '>', deadline)
      .execute();
  }
  await trx
    .updateTable('payments')
    // Renewals count from the first expiry. min(null, …) stays null.
    .set({ updatedAt: now, firstExpiredAt: sql`min(first_expired_at, ${now})` })
    .where('erasedAt', 'is', null)
    .where('updatedAt', '>', future)
    .execute();
  await trx
    .updateTable('refunds')
    .set({ createdAt: now })
    .where(IS_PENDING_REFUND)
    .where('createdAt', '>', future)
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ retryFrom: now })
    .where('nextAttemptAt', 'is not', null)
    .where('retryFrom', '>', future)
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ createdAt: now })
    .where('body', '<>', sql.lit(''))
    .where('createdAt', '>', future)
    .execute();
  await trx
    .updateTable('providerDeliveries')
    .set({ receivedAt: now })
    .where('body', '<>', sql<Uint8Array>`x''`)
    .where('receivedAt', '>', future)
    .execute();
  await trx.updateTable('idempotencyKeys').set({ createdAt: now }).where('createdAt', '>', future).execute();
}
