import { sql, type Kysely } from 'kysely';
import {
  CORRECTION_STEPS,
  EVENT_STEPS,
  PAYMENT_STATUSES,
  RENEWAL_STEPS,
  type PaymentStatus,
} from '../../protocol/status.ts';

/** Returns the SQL of the trigger that refuses every status change outside the table of `protocol/status.ts`. */
export function renderStatusTrigger(): string {
  const conditions = PAYMENT_STATUSES.flatMap((from) => [
    conditionOf(from, [...EVENT_STEPS[from], ...(RENEWAL_STEPS[from] ?? [])]),
    conditionOf(from, CORRECTION_STEPS[from] ?? [], ' and new.refunded_amount < old.refunded_amount'),
  ]);
  return `create trigger payments_keep_results before update of status on payments
    when not (${['old.status = new.status', ...conditions.flat()].join('\n      or ')})
    begin select raise(abort, 'a status does not go there'); end`;
}

function conditionOf(from: PaymentStatus, next: readonly PaymentStatus[], also = ''): string[] {
  if (next.length === 0) return [];
  return [`(old.status = '${from}' and new.status in (${next.map((to) => `'${to}'`).join(', ')})${also})`];
}

/** Installs the trigger. A change of the table needs another migration that calls this function. */
export async function installStatusTrigger(db: Kysely<unknown>): Promise<void> {
  await sql`drop trigger if exists payments_keep_results`.execute(db);
  await sql.raw(renderStatusTrigger()).execute(db);
}
