import type { RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { queueAttention } from '../model/attention.ts';
import { addEvent, type Cause } from '../model/events.ts';
import type { Payment } from '../model/payment.ts';

/** A report about a refund. */
export interface RefundResult {
  readonly status: 'succeeded' | 'failed';
  /** Kopecks, as the provider says; `null` when it names no sum. */
  readonly amount: number | null;
  readonly source: Cause['source'];
}

/** Whether a result and what is known of the refund cannot both be true: another end, or another sum. */
export function contradictsRefund(refund: RefundRow, { status, amount }: RefundResult): boolean {
  if (refund.status !== 'pending' && refund.status !== status) return true;
  return status === 'succeeded' && amount !== null && amount !== refund.amount;
}

/**
 * Leaves the refund as it is, and tells: which of the two is true only a person can find out. Until then what may have
 * gone out beyond the books counts against the payment.
 */
export async function flagContradiction(
  trx: Writer,
  payment: Payment,
  refund: RefundRow,
  { status, amount, source }: RefundResult,
  now: number,
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
