import type { Failure } from '../../../protocol/snapshot.ts';
import type { Payment } from '../../payments/model/payment.ts';

/** Why it failed: where the provider has never had it there was nothing that a bank could have declined. */
export function failureOf({ status, providerPaymentId, presentation }: Payment): Failure | null {
  if (status !== 'failed') return null;
  return providerPaymentId === null && presentation.kind === 'pending' ? 'unavailable' : 'declined';
}
