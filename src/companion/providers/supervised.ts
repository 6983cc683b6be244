import type { Metrics } from '../metrics.ts';
import type { ProviderName } from './names.ts';
import { ProviderError, type Provider } from './provider.ts';

/** Longer than any provider's own time limits: a call that outlives it will never come back. */
const DEADLINE_MS = 12_000;

/** The provider itself, with each of its calls counted, timed and bounded: one that hangs is as good as unreachable. */
export function supervised(
  name: ProviderName,
  provider: Provider,
  metrics: Pick<Metrics, 'providerCalled'>,
): Provider {
  async function timed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const since = performance.now();
    const done = (result: string) =>
      metrics.providerCalled(name, operation, result, performance.now() - since);
    try {
      const answer = await within(DEADLINE_MS, call());
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

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ProviderError('unavailable', `no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
