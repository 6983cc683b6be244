/** The meaning of the acquirer's `transaction.status`. To change what one of them does to a payment, change it here. */
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderRefund } from '../provider.ts';

/** `deleted`: removed from the acquirer's books before any money came. That is a cancellation, not a refusal. */
const PAYMENT_STATUSES: ReadonlyMap<string | null, PaymentStatus> = new Map([
  ['pending', 'created'],
  ['successful', 'paid'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['expired', 'expired'],
  ['deleted', 'canceled'],
]);

const REFUND_STATUSES: ReadonlyMap<string | null, ProviderRefund['status']> = new Map([
  ['successful', 'succeeded'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['expired', 'failed'],
  ['deleted', 'failed'],
]);

interface TransactionStatus {
  readonly status: string | null;
}

/** Returns the status of a payment; `null` for an unknown one. */
export function paymentStatus({ status }: TransactionStatus): PaymentStatus | null {
  return PAYMENT_STATUSES.get(status) ?? null;
}

/** Returns the status of a refund. An unknown one counts as pending. */
export function refundStatus({ status }: TransactionStatus): ProviderRefund['status'] {
  return REFUND_STATUSES.get(status) ?? 'pending';
}
