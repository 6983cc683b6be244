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
 * Reports a discrepancy to the merchant once, by an attention. If a payment is charged twice, the first charge counts. The
 * second charge is refunded in full by a refund that does not count against the payment. All other discrepancies are left
 * to a person. Returns true if a refund was created that the reconciler must send.
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
  // The provider repeats this report with every status answer.
  if (hasMoney(attempt)) return false;
  await trx
    .updateTable('attempts')
    .set({ state: 'duplicate', closeState: 'none' })
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

/** True if this attempt was a second charge that is refunded: a later contradiction about its money does not matter. */
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
