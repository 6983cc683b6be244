import { sql, type Kysely } from 'kysely';

/**
 * Adds one row for each matter that a person should look at. The row is open until a person has resolved it. Removes the
 * `told` columns: their notes become rows. The row stays open if the payment is open or the refund is pending.
 */
export async function storeAttention(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attention')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('payment_id', 'text', (c) => c.notNull().references('payments.id'))
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('refund_id', 'text')
    .addColumn('provider_refund_id', 'text')
    .addColumn('reported_amount', 'integer')
    .addColumn('reported_currency', 'text')
    .addColumn('reserved_amount', 'integer')
    .addColumn('opened_at', 'integer', (c) => c.notNull())
    .addColumn('resolved_at', 'integer')
    .addColumn('outcome', 'text')
    .addColumn('note', 'text')
    .execute();
  await sql`create unique index attention_open on attention (payment_id, reason, reference, subject)
    where resolved_at is null`.execute(db);
  await sql`create index attention_open_by_reason on attention (reason) where resolved_at is null`.execute(
    db,
  );
  await db.schema
    .createIndex('attention_by_payment')
    .on('attention')
    .columns(['payment_id', 'reason'])
    .execute();
  await db.schema
    .alterTable('attempts')
    .addColumn('unnamed_refunds', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('payment_events').addColumn('attention_json', 'text').execute();
  await letPeopleTakeBack(db);
  await keepWhatWasTold(db);
}

/** The bits of `attempts.told`. */
const TOLD = { amount_mismatch: 1, amount_missing: 2, overdue: 4 };

async function keepWhatWasTold(db: Kysely<unknown>): Promise<void> {
  for (const [reason, bit] of Object.entries(TOLD)) {
    await sql`insert into attention
      (id, payment_id, reason, reference, subject, reserved_amount, opened_at, resolved_at, outcome)
      select 'att_' || lower(hex(randomblob(10))), p.id, ${reason}, a.reference, '', 0, p.updated_at,
        iif(p.status in ('created', 'processing'), null, p.updated_at),
        iif(p.status in ('created', 'processing'), null, 'no_effect')
      from attempts a join payments p on p.id = a.payment_id where a.told & ${bit} <> 0`.execute(db);
  }
  await sql`insert into attention
    (id, payment_id, reason, reference, subject, refund_id, reserved_amount, opened_at, resolved_at, outcome)
    select 'att_' || lower(hex(randomblob(10))), payment_id, 'refund_overdue', reference, id, id, 0, updated_at,
      iif(status = 'pending', null, updated_at),
      case status when 'succeeded' then 'money_out' when 'failed' then 'no_money' end
    from refunds where told = 1`.execute(db);
  await db.schema.alterTable('attempts').dropColumn('told').execute();
  await db.schema.alterTable('refunds').dropColumn('told').execute();
}

/** A status goes back only if a person finds that a refund did not happen, and only together with the refunded amount. */
async function letPeopleTakeBack(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger payments_keep_results`.execute(db);
  await sql`
    create trigger payments_keep_results before update of status on payments
    when not (old.status = new.status
      or old.status in ('created', 'processing')
      or (old.status in ('expired', 'canceled') and new.status in ('paid', 'created'))
      or (old.status in ('paid', 'partial_refunded') and new.status in ('partial_refunded', 'refunded'))
      or (old.status in ('partial_refunded', 'refunded') and new.status in ('paid', 'partial_refunded')
        and new.refunded_amount < old.refunded_amount))
    begin select raise(abort, 'a final status does not regress'); end
  `.execute(db);
}
