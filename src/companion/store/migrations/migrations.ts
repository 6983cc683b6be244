import { sql, type Kysely, type Migration } from 'kysely';
import { installStatusTrigger } from '../status-trigger.ts';
import { withoutTokens } from '../without-tokens.ts';
import { storeAttention } from './attention.ts';
import { keepHowPaymentsEnd } from './ends.ts';
import { indexForScale } from './scale.ts';
import { nameStates } from './text-states.ts';

/** Run in the order of their names. A released migration is never changed. */
export const migrations: Record<string, Migration> = {
  '0001_payments': { up: createPayments },
  '0002_attempts_to_close': { up: indexAttemptsToClose },
  '0003_deliveries_set_aside': { up: keepReportsSetAside },
  '0004_retention': { up: indexWhatRetentionErases },
  '0005_delivery_endpoints': { up: shareByEndpoint },
  '0006_money_twice': { up: keepMoneyTwice },
  '0007_methods': { up: letPayersChoose },
  '0008_attention': { up: keepWhatWasTold },
  '0009_attention': { up: storeAttention },
  '0010_test_mode': { up: markTestPayments },
  '0011_ends': { up: keepHowPaymentsEnd },
  '0012_clock': { up: keepLastSeenTime },
  '0012_tokens_out': { up: takeTokensOut },
  '0014_failure_reasons': { up: keepFailureReasons },
  '0015_scale': { up: indexForScale },
  '0016_status_trigger': { up: installStatusTrigger },
  '0017_text_states': { up: nameStates },
};

/** Adds the table of the last seen time: one row, for comparing the clock at the next start. */
async function keepLastSeenTime(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clock')
    .addColumn('id', 'integer', (c) => c.primaryKey().check(sql`id = 1`))
    .addColumn('seen_at', 'integer', (c) => c.notNull())
    .execute();
}

/** Adds the test mode. Of the earlier payments, those of the sandbox are marked as tests. */
async function markTestPayments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('payments')
    .addColumn('test', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update payments set test = 1
    where id in (select payment_id from attempts where provider = 'sandbox')`.execute(db);
  // At start the companion looks for every provider that still has payers' money.
  await sql`create index attempts_paid on attempts (provider, created_at) where paid = 1`.execute(db);
}

async function keepFailureReasons(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('refunds').addColumn('failure_reason', 'text').execute();
}

/** Removes payment tokens and links with tokens from the stored idempotency responses: a replay issues both again. */
async function takeTokensOut(db: Kysely<unknown>): Promise<void> {
  await sql`update idempotency_keys
    set answer_json = json_set(answer_json, '$.body.token', null, '$.body.payment_url', null)
    where json_type(answer_json, '$.body.token') = 'text'`.execute(db);
  // Some providers send back the link to which they lead the payer.
  const { rows } = await sql<{ rowid: number; body: Uint8Array }>`select rowid, body from provider_deliveries
    where instr(body, cast('/pay#pay_' as blob)) > 0`.execute(db);
  for (const { rowid, body } of rows) {
    await sql`update provider_deliveries set body = ${withoutTokens(Buffer.from(body))}
      where rowid = ${rowid}`.execute(db);
  }
}

/** Stores what the merchant was notified of, so that a restart does not repeat it. Adds the count that limits attempts. */
async function keepWhatWasTold(db: Kysely<unknown>): Promise<void> {
  const attempts = db.schema.alterTable('attempts');
  await attempts.addColumn('confirm_tries', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await attempts.addColumn('next_confirm_at', 'integer').execute();
  await attempts.renameColumn('flagged', 'told').execute();
  const payments = db.schema.alterTable('payments');
  await payments.addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await sql`update payments set attempts =
    (select count(*) from attempts where payment_id = payments.id)`.execute(db);
  const refunds = db.schema.alterTable('refunds');
  await refunds.addColumn('told', 'integer', (c) => c.notNull().defaultTo(0)).execute();
}

/** Allows several attempts at several providers for one payment, and none while the payer chooses a method. */
async function letPayersChoose(db: Kysely<unknown>): Promise<void> {
  const attempts = db.schema.alterTable('attempts');
  await attempts.addColumn('provider', 'text', (c) => c.notNull().defaultTo('')).execute();
  await attempts.addColumn('method', 'text', (c) => c.notNull().defaultTo('')).execute();
  await attempts.addColumn('provider_payment_id', 'text').execute();
  await attempts.addColumn('close_tries', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await attempts.addColumn('next_close_at', 'integer').execute();
  await attempts.addColumn('flagged', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await attempts.addColumn('to_confirm', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await sql`update attempts set (provider, method) =
    (select p.provider, p.method from payments p where p.id = payment_id)`.execute(db);
  // Before, the provider's id was found by our reference.
  await sql`update attempts set provider_payment_id =
    (select p.provider_payment_id from payments p where p.reference = attempts.reference)`.execute(db);
  await sql`update attempts set provider_payment_id = reference
    where provider_payment_id is null and qr_id is not null`.execute(db);
  await sql`create index attempts_by_provider_id on attempts (provider_payment_id)
    where provider_payment_id is not null`.execute(db);
  await sql`drop index attempts_to_close`.execute(db);
  await sql`create index attempts_closing on attempts (next_close_at) where to_close > 0`.execute(db);
  await sql`create index attempts_to_confirm on attempts (payment_id) where to_confirm = 1`.execute(db);

  const payments = db.schema.alterTable('payments');
  await payments.addColumn('charge_payload', 'text').execute();
  await payments.addColumn('receipt_url', 'text').execute();
  await payments.addColumn('deadline', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await sql`update payments set deadline = expires_at`.execute(db);
  // SQLite cannot remove a NOT NULL, so each column is created again.
  for (const column of ['method', 'provider', 'reference']) {
    await sql`alter table payments add column optional text`.execute(db);
    await sql`update payments set optional = ${sql.ref(column)}`.execute(db);
    await sql`alter table payments drop column ${sql.ref(column)}`.execute(db);
    await sql`alter table payments rename column optional to ${sql.ref(column)}`.execute(db);
  }

  const refunds = db.schema.alterTable('refunds');
  await refunds.addColumn('provider_refund_id', 'text').execute();
  await refunds.addColumn('asks', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await refunds.addColumn('next_ask_at', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await refunds.addColumn('duplicate', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  // The provider may already have been asked for pending refunds.
  await sql`update refunds set asks = 1`.execute(db);
}

/**
 * Stores the columns that money depends on twice, in the table and in an index. No query uses these two indexes. SQLite has
 * no checksums, but every start compares indexes with their tables, and so finds a flipped bit in an amount or a status.
 * The indexes begin with `seq`, so that new entries share a page.
 */
async function keepMoneyTwice(db: Kysely<unknown>): Promise<void> {
  await sql`create index payments_twice on payments
    (seq, status, version, amount, refunded_amount, currency, late, paid_at)`.execute(db);
  await sql`create index refunds_twice on refunds (seq, payment_id, reference, amount, status)`.execute(db);
}

/** Stores the parsed report of a deferred webhook, and its retries. */
async function keepReportsSetAside(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('provider_deliveries').addColumn('report_json', 'text').execute();
  await db.schema
    .alterTable('provider_deliveries')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('provider_deliveries').addColumn('next_try_at', 'integer').execute();
  await sql`create index provider_deliveries_set_aside on provider_deliveries (next_try_at)
    where next_try_at is not null`.execute(db);
}

/** Adds indexes that hold only the rows still to be erased, and an index of idempotency keys by age. */
async function indexWhatRetentionErases(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('payments').addColumn('erased_at', 'integer').execute();
  await sql`create index payments_to_erase on payments (updated_at) where erased_at is null`.execute(db);
  await sql`create index provider_deliveries_to_erase on provider_deliveries (received_at)
    where body <> x''`.execute(db);
  await sql`create index deliveries_to_erase on deliveries (created_at) where body <> ''`.execute(db);
  await sql`create index idempotency_keys_by_age on idempotency_keys (created_at)`.execute(db);
}

async function shareByEndpoint(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('deliveries')
    .addColumn('endpoint', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await sql`update deliveries set endpoint = host`.execute(db);
}

/** Adds the index of attempts to close, which are rare. Each search, after every change, read the whole table without it. */
async function indexAttemptsToClose(db: Kysely<unknown>): Promise<void> {
  await sql`create index attempts_to_close on attempts (payment_id) where to_close = 1`.execute(db);
}

async function createPayments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('payments')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('order_id', 'text', (c) => c.notNull())
    .addColumn('amount', 'integer', (c) => c.notNull().check(sql`amount > 0`))
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('late', 'integer', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('methods_json', 'text', (c) => c.notNull())
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('provider_payment_id', 'text')
    .addColumn('qr_id', 'text')
    .addColumn('presentation_json', 'text', (c) => c.notNull())
    .addColumn('return_url', 'text')
    .addColumn('callback_url', 'text')
    .addColumn('customer_json', 'text', (c) => c.notNull())
    .addColumn('metadata_json', 'text', (c) => c.notNull())
    .addColumn('lifetime', 'integer', (c) => c.notNull())
    .addColumn('refunded_amount', 'integer', (c) =>
      c.notNull().check(sql`refunded_amount >= 0 and refunded_amount <= amount`),
    )
    .addColumn('expires_at', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('updated_at', 'integer', (c) => c.notNull())
    .addColumn('paid_at', 'integer')
    .addColumn('next_check_at', 'integer')
    .addColumn('checks', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('payments_by_order').on('payments').columns(['order_id', 'seq']).execute();
  await db.schema.createIndex('payments_due').on('payments').column('next_check_at').execute();
  await sql`
    create trigger payments_keep_results before update of status on payments
    when not (old.status = new.status
      or old.status in ('created', 'processing')
      or (old.status in ('expired', 'canceled') and new.status in ('paid', 'created'))
      or (old.status in ('paid', 'partial_refunded') and new.status in ('partial_refunded', 'refunded')))
    begin select raise(abort, 'a final status does not regress'); end
  `.execute(db);

  await db.schema
    .createTable('attempts')
    .addColumn('reference', 'text', (c) => c.primaryKey())
    .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
    .addColumn('qr_id', 'text')
    .addColumn('paid', 'integer', (c) => c.notNull())
    .addColumn('to_close', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('attempts_by_payment').on('attempts').column('payment_id').execute();
  await db.schema.createIndex('attempts_by_qr').on('attempts').column('qr_id').execute();

  await db.schema
    .createTable('refunds')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('amount', 'integer', (c) => c.notNull().check(sql`amount > 0`))
    .addColumn('reason', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('updated_at', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('refunds_by_payment').on('refunds').columns(['payment_id', 'seq']).execute();
  await db.schema.createIndex('refunds_by_status').on('refunds').column('status').execute();

  await db.schema
    .createTable('payment_events')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('status_before', 'text', (c) => c.notNull())
    .addColumn('status_after', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('note', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('events_by_payment')
    .on('payment_events')
    .columns(['payment_id', 'id'])
    .execute();

  await db.schema
    .createTable('idempotency_keys')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('body_hash', 'text', (c) => c.notNull())
    .addColumn('resource_id', 'text', (c) => c.notNull())
    .addColumn('answer_json', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('provider_deliveries')
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('delivery_id', 'text', (c) => c.notNull())
    .addColumn('payment_id', 'text')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('body', 'blob', (c) => c.notNull())
    .addColumn('received_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('provider_deliveries_key', ['provider', 'delivery_id'])
    .execute();

  await db.schema
    .createTable('deliveries')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('delivery_id', 'text', (c) => c.notNull().unique())
    .addColumn('payment_id', 'text', (c) => c.references('payments.id'))
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'integer')
    .addColumn('retry_from', 'integer', (c) => c.notNull())
    .addColumn('delivered_at', 'integer')
    .addColumn('last_status', 'integer')
    .addColumn('last_error', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('deliveries_due').on('deliveries').column('next_attempt_at').execute();
  await db.schema
    .createIndex('deliveries_by_payment')
    .on('deliveries')
    .columns(['payment_id', 'seq'])
    .execute();

  await db.schema
    .createTable('sandbox_payments')
    .addColumn('reference', 'text', (c) => c.primaryKey())
    .addColumn('qr_id', 'text', (c) => c.notNull().unique())
    .addColumn('amount', 'integer', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('order_id', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('merchant_name', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('notified_status', 'text', (c) => c.notNull())
    .addColumn('pays_at', 'integer')
    .addColumn('return_url', 'text')
    .addColumn('expires_at', 'integer', (c) => c.notNull())
    .execute();
}
