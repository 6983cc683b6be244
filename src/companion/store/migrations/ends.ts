import { sql, type Kysely } from 'kysely';

/**
 * Adds the columns about payments after their end: until when a payment may be renewed, until when each attempt may take
 * money, what to do with late money, and how many polls for late money the provider has answered.
 */
export async function keepHowPaymentsEnd(db: Kysely<unknown>): Promise<void> {
  const payments = db.schema.alterTable('payments');
  await payments.addColumn('answers', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  await payments.addColumn('first_expired_at', 'integer').execute();
  await payments.addColumn('renewable', 'integer', (c) => c.notNull().defaultTo(1)).execute();
  await payments.addColumn('on_late', 'text', (c) => c.notNull().defaultTo('tell')).execute();
  // Before, one counter set both the delay and the number of polls for late money.
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
  // These attempts are no longer polled: their providers have given their final answers.
  await sql`update attempts set over = 1 where to_close = 0 and paid = 0 and exists
    (select 1 from payments p where p.id = payment_id
      and (p.reference is not attempts.reference or p.next_check_at is null)
      and p.status not in ('created', 'processing'))`.execute(db);

  // The merchant's cancel ends an expired payment for good: a canceled payment is never renewed. If a person finds that a
  // refund did not happen, the status goes back together with the refunded amount (see attention.ts).
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
