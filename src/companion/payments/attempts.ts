import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { AttemptRow } from '../store/schema.ts';
import type { Reader, Writer } from '../store/store.ts';
import type { Payment } from './payment.ts';

export async function addAttempt(
  trx: Writer,
  paymentId: string,
  reference: string,
  now: number,
): Promise<void> {
  await trx
    .insertInto('attempts')
    .values({ reference, payment_id: paymentId, qr_id: null, paid: 0, to_close: 0, created_at: now })
    .execute();
}

export function findAttempts(db: Reader, paymentId: string): Promise<AttemptRow[]> {
  return db
    .selectFrom('attempts')
    .selectAll()
    .where('payment_id', '=', paymentId)
    .orderBy('created_at')
    .orderBy('reference')
    .execute();
}

/** The attempt whose money the payment is; the one on offer while there is none. */
export async function paidReference(db: Reader, payment: Payment): Promise<string> {
  const attempts = await findAttempts(db, payment.id);
  return attempts.find(({ paid }) => paid === 1)?.reference ?? payment.reference;
}

/** Marks an attempt for closing at its provider; {@link closeMarked} does it, again and again until it is done. */
export async function markForClosing(trx: Writer, reference: string): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ to_close: 1 })
    .where('reference', '=', reference)
    .where('paid', '=', 0)
    .execute();
}

/** Attempts that wait to be closed, with the provider of their payment. */
export function findMarked(ctx: Context) {
  return (
    ctx.store.read
      .selectFrom('attempts')
      .innerJoin('payments', 'payments.id', 'attempts.payment_id')
      .select(['attempts.reference', 'payments.provider'])
      // Spelled out, not bound: the index is of such rows only.
      .where('attempts.to_close', '=', sql.lit(1))
      .limit(50)
      .execute()
  );
}
