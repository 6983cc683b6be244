import { sql, type Kysely } from 'kysely';

/** Replaces the numbers for the states of an attempt by words, and gives columns the names that engineers search for. */
export async function nameStates(db: Kysely<unknown>): Promise<void> {
  for (const column of [
    `state text not null default 'open' check (state in ('open', 'ended', 'paid', 'duplicate'))`,
    `close_state text not null default 'none' check (close_state in ('none', 'closing', 'watching'))`,
    `confirm_state text not null default 'none' check (confirm_state in ('none', 'waiting', 'done'))`,
  ]) {
    await sql.raw(`alter table attempts add column ${column}`).execute(db);
  }
  await sql`update attempts set
    state = case when paid = 1 then 'paid' when paid = 2 then 'duplicate' when over = 1 then 'ended' else 'open' end,
    close_state = case to_close when 1 then 'closing' when 2 then 'watching' else 'none' end,
    confirm_state = case to_confirm when 1 then 'waiting' when 2 then 'done' else 'none' end
    where paid <> 0 or over <> 0 or to_close <> 0 or to_confirm <> 0`.execute(db);
  for (const index of ['attempts_paid', 'attempts_closing', 'attempts_confirming']) {
    await sql.raw(`drop index ${index}`).execute(db);
  }
  for (const column of ['paid', 'over', 'to_close', 'to_confirm']) {
    await sql.raw(`alter table attempts drop column ${column}`).execute(db);
  }
  for (const index of [
    `attempts_paid on attempts (provider, created_at) where state = 'paid'`,
    `attempts_closing on attempts (next_close_at) where close_state <> 'none'`,
    `attempts_confirming on attempts (next_confirm_at) where confirm_state = 'waiting'`,
  ]) {
    await sql.raw(`create index ${index}`).execute(db);
  }
  for (const [table, before, after] of [
    ['payments', 'answers', 'answered_checks'],
    ['attempts', 'heard_at', 'silent_since'],
    ['attempts', 'unnamed_refunds', 'unidentified_refunds'],
    ['refunds', 'asks', 'requests'],
    ['refunds', 'next_ask_at', 'next_request_at'],
    ['idempotency_keys', 'answer_json', 'response_json'],
  ]) {
    await sql.raw(`alter table ${table} rename column ${before} to ${after}`).execute(db);
  }
}
