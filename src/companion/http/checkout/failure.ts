import type { Failure } from '../../../protocol/snapshot.ts';
import type { Payment } from '../../payments/model/payment.ts';

/** Returns the cause of a failure. `unavailable` if the provider never got the payment, so that no bank declined it; `null` when it has not failed. */
export function failureOf({ status, providerPaymentId, presentation }: Payment): Failure | null {
  if (status !== 'failed') return null;
  return providerPaymentId === null && presentation.kind === 'pending' ? 'unavailable' : 'declined';
}
