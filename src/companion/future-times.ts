import { sql } from 'kysely';
import { isOpen, PAYMENT_STATUSES } from '../protocol/status.ts';
import type { Writer } from './store/store.ts';

/** Clocks are corrected by less than this every day, ms. */
const TOLERANCE_MS = 60_000;

/**
 * Takes back times that a clock has written which was ahead: a payment made by it would stay open for as long as it was
 * ahead, a delivery would be tried and personal data kept so much longer. Only for a clock that may be relied upon: to
 * one that is behind, every time is in the future.
 */
export async function takeBackFutureTimes(trx: Writer, now: number): Promise<void> {
  const future = now + TOLERANCE_MS;
  await trx
    .updateTable('payments')
    .set({
      deadline: sql`${now} + lifetime`,
      expires_at: sql`min(expires_at, ${now} + lifetime)`,
      next_check_at: now,
    })
    .where('status', 'in', PAYMENT_STATUSES.filter(isOpen))
    .where(sql<boolean>`deadline > ${future} + lifetime`)
    .execute();
  await trx
    .updateTable('payments')
    .set({ updated_at: now })
    .where('erased_at', 'is', null)
    .where('updated_at', '>', future)
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ retry_from: now })
    .where('next_attempt_at', 'is not', null)
    .where('retry_from', '>', future)
    .execute();
  await trx
    .updateTable('refunds')
    .set({ created_at: now })
    .where('status', '=', 'pending')
    .where('created_at', '>', future)
    .execute();
  for (const [table, column] of [
    ['deliveries', 'created_at'],
    ['provider_deliveries', 'received_at'],
    ['idempotency_keys', 'created_at'],
  ] as const) {
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${now}
      where ${sql.ref(column)} > ${future}`.execute(trx);
  }
}
