import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import type { SampledLog } from '../lib/sampled-log.ts';
import type { Metrics } from '../metrics.ts';
import type { OutboundClient } from '../outbound/client.ts';
import type { Payment } from './model/payment.ts';
import type { PaymentTokens } from './model/tokens.ts';
import type { Providers } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import type { WallClock } from '../lib/wall-clock.ts';

/** What the companion's parts share. Clocks and the log are passed in, so that tests need no hooks. */
export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly tokens: PaymentTokens;
  readonly providers: Providers;
  /** For every address that a merchant or a provider gave us. */
  readonly outbound: OutboundClient;
  readonly log: FastifyBaseLogger;
  /** For warnings that strangers can cause at will. */
  readonly sampledLog: SampledLog;
  readonly metrics: Metrics;
  /** Unix time in ms. */
  readonly now: () => number;
  /** Whether `now` may be relied upon for what cannot be undone. */
  readonly clock: WallClock;
  /** Tells everyone who waits for it that a committed change of this payment is there. */
  readonly announce: (payment: Payment) => void;
  /** There is work about payments that should not wait for the next round. */
  readonly wakeReconciler: () => void;
  /** Has the provider asked now, for a payer who is back from the bank. Resolves when there is an answer or none comes soon. */
  readonly askNow: (payment: Payment) => Promise<void>;
  /** Whether the merchant lets a payment go through whose provider asks first. */
  readonly confirms: (payment: Payment) => Promise<boolean>;
  /** Something was put into the outbox. */
  readonly wakeNotifier: () => void;
}
