import { sql, type Kysely } from 'kysely';

/**
 * Adds indexes for the repeated queries, so that none of them reads a whole table that grows for ever. A partial index holds
 * only the few rows that still have work or need a person.
 */
export async function indexForScale(db: Kysely<unknown>): Promise<void> {
  // These indexes also held the rows without work: a query for nulls had to read all of those.
  for (const replaced of ['refunds_by_status', 'attempts_to_confirm', 'payments_due', 'deliveries_due']) {
    await sql.raw(`drop index ${replaced}`).execute(db);
  }
  for (const index of [
    `payments_due on payments (next_check_at) where next_check_at is not null`,
    `deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null`,
    `payments_open on payments (status, provider, deadline) where status in ('created', 'processing')`,
    `payments_by_status on payments (status, seq)`,
    `deliveries_pending on deliveries (created_at) where next_attempt_at is not null`,
    `deliveries_given_up on deliveries (created_at) where next_attempt_at is null and delivered_at is null`,
    `provider_deliveries_given_up on provider_deliveries (received_at)
      where next_try_at is null and report_json is not null`,
    `refunds_pending on refunds (created_at) where status = 'pending'`,
    `refunds_due on refunds (next_ask_at) where status = 'pending'`,
    `refunds_failed on refunds (created_at) where status = 'failed'`,
    `attempts_confirming on attempts (next_confirm_at) where to_confirm = 1`,
    `sandbox_payments_slow on sandbox_payments (pays_at) where pays_at is not null`,
    `sandbox_payments_unreported on sandbox_payments (reference) where status <> notified_status`,
  ]) {
    await sql.raw(`create index ${index}`).execute(db);
  }
}
