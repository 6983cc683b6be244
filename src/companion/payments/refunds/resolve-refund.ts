import { queueRefundNotification } from '../model/merchant-webhooks.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention } from '../model/attention.ts';
import type { Payment } from '../model/payment.ts';
import { findRefund } from './refund-rows.ts';
import {
  recordSecondChargeRefund,
  settleRefund,
  storeRefundResult,
  updateRefundedAmount,
} from './settle-refund.ts';

const SOURCE = 'merchant';

/** Settles a refund whose result the provider does not report, by what a person has found out. */
export async function resolveOverdueRefund(
  trx: Writer,
  payment: Payment,
  { refundId, isOut, now }: { readonly refundId: string; readonly isOut: boolean; readonly now: number },
): Promise<Payment> {
  const status = isOut ? 'succeeded' : 'failed';
  const refund = { id: refundId, paymentId: payment.id };
  return (await settleRefund(trx, refund, { status, amount: null, source: SOURCE, now })).payment;
}

interface Correction {
  readonly refundId: string;
  /** Kopecks that were refunded; `null` when none were. */
  readonly amountOut: number | null;
  readonly now: number;
}

/**
 * Corrects a refund whose result or amount was reported in two ways. This is the only place where a settled refund gets
 * another result, and where the payment's refunded sum can become smaller.
 */
export async function correctRefund(
  trx: Writer,
  payment: Payment,
  { refundId, amountOut, now }: Correction,
): Promise<Payment> {
  const before = await findRefund(trx, refundId);
  if (!before) throw new Error(`refund ${refundId} does not exist`);
  const status = amountOut === null ? 'failed' : 'succeeded';
  const amount = amountOut ?? before.amount;
  if (before.status === status && before.amount === amount) return payment;
  const refund = await storeRefundResult(trx, before, { status, amount, now });
  const overdue = { paymentId: payment.id, reason: 'refund_overdue', refundId } as const;
  await closeAttention(trx, overdue, amountOut === null ? 'no_money' : 'money_out', now);
  if (refund.duplicate === 1) {
    await recordSecondChargeRefund(trx, { payment, refund, source: SOURCE, now });
    return payment;
  }
  const change = succeededAmount(refund) - succeededAmount(before);
  const cause = { event: `refund.${status}`, source: SOURCE };
  const refundedAmount = payment.refundedAmount + change;
  const after =
    change === 0 ? payment : await updateRefundedAmount(trx, payment, { refundedAmount, cause, now });
  await queueRefundNotification(trx, after, refund, now);
  return after;
}

function succeededAmount({ status, amount }: RefundRow): number {
  return status === 'succeeded' ? amount : 0;
}
