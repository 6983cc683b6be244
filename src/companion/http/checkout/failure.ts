import type { Failure } from '../../../protocol/snapshot.ts';
import type { Payment } from '../../payments/model/payment.ts';

/**
 * Returns why the payment failed; `null` for any other status. `unavailable` means that the provider never got the payment,
 * so no bank declined it.
 */
export function failureOf({ status, providerPaymentId, presentation }: Payment): Failure | null {
  if (status !== 'failed') return null;
  return providerPaymentId === null && presentation.kind === 'pending' ? 'unavailable' : 'declined';
}
