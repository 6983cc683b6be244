import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PaymentStatus } from '../protocol/status.ts';
import type { ConfiguredCertificate } from './env/certificates.ts';
import type { ProviderName } from './env/provider-names.ts';

/** Seconds. A commit takes a few milliseconds; one second means a fault. */
const FAST_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Sources {
  readonly now: () => number;
  readonly openStreams: () => number;
  /** True if the methods on offer move no money. */
  readonly test: boolean;
  readonly certificates?: readonly ConfiguredCertificate[];
}

/**
 * The Prometheus metrics of the companion. Each measuring point calls one method. Values that are in the database are read from
 * it at each scrape; see table-metrics.ts. No label has a value that callers can choose.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #payments: Counter<'status' | 'provider'>;
  readonly #webhooks: Counter<'provider' | 'result'>;
  readonly #webhookSeconds: Histogram<'provider'>;
  readonly #pushSeconds: Histogram;
  readonly #providerCalls: Counter<'provider' | 'operation' | 'result'>;
  readonly #providerSeconds: Histogram<'provider' | 'operation'>;
  readonly #refusedRequests: Counter<'routes' | 'status'>;
  readonly #failedWrites: Counter;

  constructor(sources: Sources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#payments = new Counter({
      name: 'sbp_payments_total',
      help: 'Payments that reached a status since the start.',
      labelNames: ['status', 'provider'],
      registers,
    });
    this.#webhooks = new Counter({
      name: 'sbp_provider_webhooks_total',
      help: 'Webhooks from providers by result.',
      labelNames: ['provider', 'result'],
      registers,
    });
    this.#webhookSeconds = new Histogram({
      name: 'sbp_provider_webhook_seconds',
      help: 'Time from receiving a webhook to its commit on disk.',
      labelNames: ['provider'],
      buckets: FAST_SECONDS,
      registers,
    });
    this.#pushSeconds = new Histogram({
      name: 'sbp_push_seconds',
      help: 'Time from a commit to the write into a status stream.',
      buckets: FAST_SECONDS,
      registers,
    });
    this.#providerCalls = new Counter({
      name: 'sbp_provider_calls_total',
      help: 'Calls to providers: ok, refused, unavailable, or error.',
      labelNames: ['provider', 'operation', 'result'],
      registers,
    });
    this.#providerSeconds = new Histogram({
      name: 'sbp_provider_call_seconds',
      help: 'Duration of calls to providers, failed ones included.',
      labelNames: ['provider', 'operation'],
      buckets: CALL_SECONDS,
      registers,
    });
    this.#refusedRequests = new Counter({
      name: 'sbp_refused_requests_total',
      help: 'Requests with a bad key, token or signature (401), and those over a limit (429), by routes.',
      labelNames: ['routes', 'status'],
      registers,
    });
    this.#failedWrites = new Counter({
      name: 'sbp_failed_commits_total',
      help: 'Writes that failed because of the disk, the database file or a lock on it.',
      registers,
    });
    this.#readAtScrape(sources);
  }

  /** Returns the text of a scrape and its media type. */
  async render(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  /** `provider`: `null` when the payer has not chosen a method yet. */
  paymentReached(status: PaymentStatus, provider: ProviderName | null): void {
    this.#payments.inc({ status, provider: provider ?? 'none' });
  }

  /** `result`: an outcome of `applyDelivery`, or the reason why the webhook was refused. `ms`: `null` when nothing was committed. */
  webhookTaken(provider: ProviderName, result: string, ms: number | null): void {
    this.#webhooks.inc({ provider, result });
    if (ms !== null) this.#webhookSeconds.observe({ provider }, ms / 1000);
  }

  pushed(ms: number): void {
    this.#pushSeconds.observe(ms / 1000);
  }

  providerCalled(provider: ProviderName, operation: string, result: string, ms: number): void {
    this.#providerCalls.inc({ provider, operation, result });
    this.#providerSeconds.observe({ provider, operation }, ms / 1000);
  }

  /** `routes`: the first part of the route's pattern, which callers cannot choose. */
  requestRefused(routes: string, status: number): void {
    this.#refusedRequests.inc({ routes, status });
  }

  writeFailed(): void {
    this.#failedWrites.inc();
  }

  #readAtScrape({ now, openStreams, test, certificates = [] }: Sources): void {
    const registers = [this.registry];
    new Gauge({
      name: 'sbp_test_mode',
      help: '1 if the methods on offer are tests: no payment moves money.',
      registers,
    }).set(test ? 1 : 0);
    new Gauge({
      name: 'sbp_certificate_expires_seconds',
      help: 'Time until a configured certificate expires; negative after that.',
      labelNames: ['setting'],
      registers,
      collect() {
        for (const { setting, validTo } of certificates) this.set({ setting }, (validTo - now()) / 1000);
      },
    });
    new Gauge({
      name: 'sbp_open_streams',
      help: 'Status streams open now.',
      registers,
      collect() {
        this.set(openStreams());
      },
    });
  }
}
