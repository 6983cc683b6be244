import type { Method } from '../../../protocol/snapshot.ts';
import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Payment } from '../model/payment.ts';

/**
 * Returns the provider of a payment's next attempt with this method; `null` when none is configured. The current
 * configuration decides. A test payment stays a test: if the companion has changed from test to real money, or back, the
 * payment gets no further attempt.
 */
export function providerForMethod(
  { config }: Pick<Context, 'config'>,
  payment: Pick<Payment, 'test'>,
  method: Method,
): ProviderName | null {
  return payment.test === config.test ? (config.methods[method] ?? null) : null;
}

/** True if a provider is configured for the payment's method, or for any of its methods while none is chosen. */
export function hasProviderForPayment(
  { config }: Pick<Context, 'config'>,
  { test, method, methods }: Pick<Payment, 'test' | 'method' | 'methods'>,
): boolean {
  const candidates = method === null ? methods : [method];
  return candidates.some((each) => providerForMethod({ config }, { test }, each) !== null);
}
