import { queueRefundNotification } from '../model/merchant-webhooks.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention } from '../model/attention.ts';
import type { Payment } from '../model/payment.ts';
import { findRefund } from './refund-rows.ts';
import {
  updateRefundedAmount,
  storeRefundResult,
  settleRefund,
  recordSecondChargeRefund,
} from './settle-refund.ts';

const SOURCE = 'merchant';

/** Ends a refund whose end the provider does not tell, by what a person has found out. */
export async function resolveOverdueRefund(
  trx: Writer,
  payment: Payment,
  refundId: string,
  isOut: boolean,
  now: number,
): Promise<Payment> {
  const status = isOut ? 'succeeded' : 'failed';
  const refund = { id: refundId, payment_id: payment.id };
  return (await settleRefund(trx, refund, { status, amount: null, source: SOURCE }, now)).payment;
}

/**
 * Sets a refund right whose end or sum was told in two ways. `out`: kopecks that went out; `null` when none did. The only
 * place where a refund that has ended ends otherwise, and where the sum that was given back may fall.
 */
export async function correctRefund(
  trx: Writer,
  payment: Payment,
  refundId: string,
  out: number | null,
  now: number,
): Promise<Payment> {
  const before = await findRefund(trx, refundId);
  if (!before) throw new Error(`there is no refund ${refundId}`);
  const status = out === null ? 'failed' : 'succeeded';
  const amount = out ?? before.amount;
  if (before.status === status && before.amount === amount) return payment;
  const refund = await storeRefundResult(trx, before, status, now, amount);
  const overdue = { paymentId: payment.id, reason: 'refund_overdue', refundId } as const;
  await closeAttention(trx, overdue, out === null ? 'no_money' : 'money_out', now);
  if (refund.duplicate === 1) {
    await recordSecondChargeRefund(trx, payment, refund, SOURCE, now);
    return payment;
  }
  const change = succeededAmount(refund) - succeededAmount(before);
  const cause = { event: `refund.${status}`, source: SOURCE };
  const after =
    change === 0
      ? payment
      : await updateRefundedAmount(trx, payment, payment.refundedAmount + change, cause, now);
  await queueRefundNotification(trx, after, refund, now);
  return after;
}

function succeededAmount({ status, amount }: RefundRow): number {
  return status === 'succeeded' ? amount : 0;
}
