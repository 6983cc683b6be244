import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { queueAttention } from '../model/attention.ts';
import { addEvent, type Cause } from '../model/events.ts';
import type { Payment } from '../model/payment.ts';

/** The result of a refund, as reported. */
export interface RefundResult {
  readonly status: 'succeeded' | 'failed';
  /** Kopecks, as the provider reports; `null` when the report has no amount. */
  readonly amount: number | null;
  readonly source: Cause['source'];
  /** Unix ms. */
  readonly now: number;
}

/** True if the result and the stored refund cannot both be right: they have another final status or another amount. */
export function contradictsRefund(
  refund: RefundRow,
  { status, amount }: Pick<RefundResult, 'status' | 'amount'>,
): boolean {
  if (refund.status !== 'pending' && refund.status !== status) return true;
  return status === 'succeeded' && amount !== null && amount !== refund.amount;
}

/**
 * Leaves the refund unchanged and opens an attention: only a person can find out which result is right. Until then, money
 * that may have left beyond the stored refund counts against the payment.
 */
export async function flagContradiction(
  trx: Writer,
  { payment, refund }: { readonly payment: Payment; readonly refund: RefundRow },
  { status, amount, source, now }: RefundResult,
): Promise<void> {
  await addEvent(trx, payment, payment, { event: `refund.${status}`, source }, 'refund_contradicted', now);
  const reported = amount ?? refund.amount;
  const counted = refund.status === 'failed' ? 0 : refund.amount;
  const isPaymentsMoney = status === 'succeeded' && refund.duplicate === 0;
  await queueAttention(
    trx,
    payment,
    {
      reason: 'refund_contradicted',
      reference: refund.reference,
      refund_id: refund.id,
      reported_amount: reported,
      reported_currency: payment.currency,
      reserved_amount: isPaymentsMoney ? Math.max(0, reported - counted) : 0,
    },
    now,
  );
}
