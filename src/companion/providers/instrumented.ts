import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../metrics.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { NoUsableResponse } from './provider-http.ts';
import type { ProviderName } from '../env/provider-names.ts';
import { ProviderError, type Provider } from './provider.ts';

/** Longer than any provider's own timeouts: a call that takes longer never ends. */
const DEADLINE_MS = 12_000;

/**
 * Returns the provider with every call counted, timed and limited in time. A call that hangs counts as unreachable. During
 * an outage calls are skipped; the log says once that it began and once that it ended.
 */
export function instrumentedProvider(
  name: ProviderName,
  provider: Provider,
  metrics: Pick<Metrics, 'providerCalled'>,
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>,
): Provider {
  const breaker = new CircuitBreaker(undefined, (outage) => {
    if (outage) log.warn({ provider: name }, 'provider outage');
    else log.info({ provider: name }, 'provider reachable again');
  });

  async function timed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const done = (outcome: string) =>
      metrics.providerCalled(name, operation, outcome, performance.now() - startedAt);
    try {
      const result = await breaker.run(() => withTimeout(DEADLINE_MS, call()));
      done('ok');
      return result;
    } catch (error) {
      done(error instanceof ProviderError ? error.kind : 'error');
      throw error;
    }
  }
  return {
    capabilities: provider.capabilities,
    ...(provider.objections && { objections: (request) => provider.objections!(request) }),
    ...(provider.ownBanks && { ownBanks: (qrId) => provider.ownBanks!(qrId) }),
    parseWebhook: (webhook) => provider.parseWebhook(webhook),
    create: (request) => timed('create', () => provider.create(request)),
    status: (payment) => timed('status', () => provider.status(payment)),
    cancel: (payment) => timed('cancel', () => provider.cancel(payment)),
    refund: (request) => timed('refund', () => provider.refund(request)),
    ...(provider.findRefund && {
      findRefund: (payment, id) => timed('find_refund', () => provider.findRefund!(payment, id)),
    }),
    ...(provider.push && {
      push: (payment, phone) => timed('push', () => provider.push!(payment, phone)),
    }),
    ...(provider.charge && { charge: (request) => timed('charge', () => provider.charge!(request)) }),
    ...(provider.confirm && { confirm: (payment) => timed('confirm', () => provider.confirm!(payment)) }),
  };
}

async function withTimeout<T>(ms: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoUsableResponse(`no response within ${ms} ms`, false)), ms);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
