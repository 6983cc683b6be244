import { queueAttention, type Attention } from '../notifications/outbox.ts';
import type { AttemptRow } from '../store/schema.ts';
import type { Writer } from '../store/store.ts';
import type { Payment } from './payment.ts';

/** What is told of an attempt once, however often it is found out; the bits of `attempts.told`. */
const TOLD = { amount_mismatch: 1, amount_missing: 2, overdue: 4, test_contradicted: 8 } as const;

/** Whether it was told now; `false` when the merchant knows already. */
export async function tellOnce(
  trx: Writer,
  payment: Payment,
  { reference, told }: AttemptRow,
  { reason, ...details }: Omit<Attention, 'reference'> & { readonly reason: keyof typeof TOLD },
  now: number,
): Promise<boolean> {
  if ((told & TOLD[reason]) !== 0) return false;
  await trx
    .updateTable('attempts')
    .set({ told: told | TOLD[reason] })
    .where('reference', '=', reference)
    .execute();
  await queueAttention(trx, payment, { reason, reference, ...details }, now);
  return true;
}
