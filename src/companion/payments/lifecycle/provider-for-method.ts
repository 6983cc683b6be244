import type { Method } from '../../../protocol/snapshot.ts';
import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Payment } from '../model/payment.ts';

/**
 * The provider of a payment's next attempt by this method; `null` for none. The configuration of today decides, and a payment
 * keeps its kind: after a companion has turned from test to real money, a test payment gets no code that moves any.
 */
export function providerForMethod(
  { config }: Pick<Context, 'config'>,
  payment: Pick<Payment, 'test'>,
  method: Method,
): ProviderName | null {
  return payment.test === config.test ? (config.methods[method] ?? null) : null;
}

/** Whether the payment may have another attempt: by its method, or by any while none is chosen. */
export function hasProviderForPayment(
  { config }: Pick<Context, 'config'>,
  { test, method, methods }: Pick<Payment, 'test' | 'method' | 'methods'>,
): boolean {
  const candidates = method === null ? methods : [method];
  return candidates.some((each) => providerForMethod({ config }, { test }, each) !== null);
}
