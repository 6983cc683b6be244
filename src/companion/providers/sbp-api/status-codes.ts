/** The meaning of the upstream's statuses and events. Its statuses have the same names as ours. */
import { isPaymentStatus, type PaymentStatus } from '../../../protocol/status.ts';

/** Returns the payment status; `null` for an unknown one. */
export function paymentStatus(status: unknown): PaymentStatus | null {
  return isPaymentStatus(status) ? status : null;
}

/** Returns the payment status on which a webhook's event and status agree; `null` when they contradict each other. */
export function statusOfEvent(event: string, status: string | undefined): PaymentStatus | null {
  const [topic, outcome] = event.split('.', 2);
  // A failed refund has the status "failed", which is not the payment's.
  if (topic === 'refund') {
    return status === 'refunded' || status === 'partial_refunded' ? status : null;
  }
  // The upstream's payer has renewed the payment there: the payment that we asked for is open again.
  if (event === 'payment.renewed') return status === 'created' ? 'created' : null;
  if (topic !== 'payment' || (status !== undefined && status !== outcome)) return null;
  return paymentStatus(outcome);
}
