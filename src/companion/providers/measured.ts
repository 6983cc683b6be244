import type { Metrics } from '../metrics.ts';
import type { ProviderName } from './names.ts';
import { ProviderError, type Provider } from './provider.ts';

/** The provider itself, with each of its calls counted and timed. */
export function measured(name: ProviderName, provider: Provider, metrics: Metrics): Provider {
  async function timed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const since = performance.now();
    const done = (result: string) =>
      metrics.providerCalled(name, operation, result, performance.now() - since);
    try {
      const answer = await call();
      done('ok');
      return answer;
    } catch (error) {
      done(error instanceof ProviderError ? error.kind : 'error');
      throw error;
    }
  }
  return Object.assign(Object.create(provider) as Provider, {
    create: (request) => timed('create', () => provider.create(request)),
    status: (reference) => timed('status', () => provider.status(reference)),
    cancel: (reference) => timed('cancel', () => provider.cancel(reference)),
    refund: (request) => timed('refund', () => provider.refund(request)),
  } satisfies Partial<Provider>);
}
