import { sql, type Kysely } from 'kysely';

/**
 * How a payment may still be paid after its end: until when it may be renewed, until when each attempt may take money,
 * what is done with late money, and how often a provider has answered a late question.
 */
export async function keepHowPaymentsEnd(db: Kysely<unknown>): Promise<void> {
  const payments = db.schema.alterTable('payments');
  await payments.addColumn('answers', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await payments.addColumn('first_expired_at', 'integer').execute();
  await payments.addColumn('renewable', 'integer', (c) => c.notNull().defaultTo(1)).execute();
  await payments.addColumn('on_late', 'text', (c) => c.notNull().defaultTo('tell')).execute();
  // Until now one counter stood for the pace and for the budget of late questions.
  await sql`update payments set answers = checks, checks = 0
    where status in ('expired', 'canceled')`.execute(db);
  await sql`update payments set first_expired_at = (select min(e.created_at) from payment_events e
    where e.payment_id = payments.id and e.status_after = 'expired' and e.status_before <> 'expired')`.execute(
    db,
  );
  const attempts = db.schema.alterTable('attempts');
  await attempts.addColumn('deadline', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await attempts.addColumn('ends_at', 'integer').execute();
  await attempts.addColumn('heard_at', 'integer').execute();
  await attempts.addColumn('over', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await sql`update attempts set deadline =
    (select p.deadline from payments p where p.id = payment_id)`.execute(db);
  // Nothing asks about these any more: their providers have had their say.
  await sql`update attempts set over = 1 where to_close = 0 and paid = 0 and exists
    (select 1 from payments p where p.id = payment_id
      and (p.reference is not attempts.reference or p.next_check_at is null)
      and p.status not in ('created', 'processing'))`.execute(db);

  // A merchant's cancel ends an expired payment for good; a canceled one is never renewed. A refund that a person has
  // found out to be none goes back with its sum (see attention-migration.ts).
  await sql`drop trigger payments_keep_results`.execute(db);
  await sql`
    create trigger payments_keep_results before update of status on payments
    when not (old.status = new.status
      or (old.status = 'created' and new.status in ('processing', 'paid', 'failed', 'expired', 'canceled'))
      or (old.status = 'processing' and new.status in ('paid', 'failed', 'expired', 'canceled'))
      or (old.status = 'expired' and new.status in ('created', 'canceled', 'paid'))
      or (old.status = 'canceled' and new.status = 'paid')
      or (old.status = 'paid' and new.status in ('partial_refunded', 'refunded'))
      or (old.status = 'partial_refunded' and new.status = 'refunded')
      or (old.status in ('partial_refunded', 'refunded') and new.status in ('paid', 'partial_refunded')
        and new.refunded_amount < old.refunded_amount))
    begin select raise(abort, 'a status does not go there'); end
  `.execute(db);
}
