import type { ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { hasMoney } from '../model/attempts.ts';
import { queueAttention } from '../model/attention.ts';
import { insertRefund } from '../refunds/refund-rows.ts';
import type { OddMoney } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';

interface Discrepancy {
  readonly payment: Payment;
  readonly attempt: AttemptRow;
  readonly report: ProviderReport;
  readonly reason: OddMoney;
}

/**
 * Money that is not simply this payment's, told to the merchant once. The rule for a second charge of one payment: the
 * first one counts, the second is given back whole, by a refund that does not count against the payment. Other odd
 * money is left to a person. Answers whether there is a refund to be carried out.
 */
export async function flagDiscrepancy(
  trx: Writer,
  { payment, attempt, report, reason }: Discrepancy,
  now: number,
): Promise<boolean> {
  const { reference } = attempt;
  const reported = { reference, reported_amount: report.amount, reported_currency: report.currency };
  if (reason === 'paid_contradicted' && (await isSecondChargeRefunded(trx, attempt))) return false;
  if (reason !== 'paid_twice' && reason !== 'paid_after_failure') {
    await queueAttention(trx, payment, { reason, ...reported, refund_id: null }, now);
    return false;
  }
  // The provider says it again and again when asked.
  if (hasMoney(attempt)) return false;
  await trx
    .updateTable('attempts')
    .set({ state: 'duplicate', close_state: 'none' })
    .where('reference', '=', reference)
    .execute();
  let refundId: string | null = null;
  if (reason === 'paid_twice') {
    const { id: paymentId, amount } = payment;
    const order = { paymentId, reference, amount, reason: 'paid twice', duplicate: true };
    refundId = (await insertRefund(trx, order, now)).id;
  }
  await queueAttention(trx, payment, { reason, ...reported, refund_id: refundId }, now);
  return refundId !== null;
}

/** Whether this attempt was a second charge, and its money has gone back: there is nothing left to be in doubt. */
async function isSecondChargeRefunded(trx: Writer, { reference }: AttemptRow): Promise<boolean> {
  const refund = await trx
    .selectFrom('refunds')
    .select('id')
    .where('reference', '=', reference)
    .where('duplicate', '=', 1)
    .where('status', '=', 'succeeded')
    .executeTakeFirst();
  return refund !== undefined;
}
