import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../metrics.ts';
import { Circuit } from './circuit.ts';
import { NoAnswer } from './provider-http.ts';
import type { ProviderName } from '../env/provider-names.ts';
import { ProviderError, type Provider } from './provider.ts';

/** Longer than any provider's own time limits: a call that outlives it will never come back. */
const DEADLINE_MS = 12_000;

/**
 * The provider itself, with each of its calls counted, timed, bounded (one that hangs is as good as unreachable) and
 * spared during an outage, which the log tells once.
 */
export function supervised(
  name: ProviderName,
  provider: Provider,
  metrics: Pick<Metrics, 'providerCalled'>,
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>,
): Provider {
  const circuit = new Circuit(undefined, (outage) => {
    if (outage) log.warn({ provider: name }, 'the provider does not answer');
    else log.info({ provider: name }, 'the provider answers again');
  });

  async function timed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const since = performance.now();
    const done = (result: string) =>
      metrics.providerCalled(name, operation, result, performance.now() - since);
    try {
      const answer = await circuit.run(() => within(DEADLINE_MS, call()));
      done('ok');
      return answer;
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

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`, false)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
