import { sql } from 'kysely';

/*
 * Conditions exactly as the partial indexes spell them. SQLite uses a partial index only for the same text, not for bound
 * values.
 */
export const IS_OPEN_PAYMENT = sql<boolean>`status in ('created', 'processing')`;
export const IS_PENDING_REFUND = sql<boolean>`status = 'pending'`;
export const IS_PAID_ATTEMPT = sql<boolean>`attempts.state = 'paid'`;
export const IS_FAILED_REFUND = sql<boolean>`status = 'failed'`;
