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

/** The shared parts of the companion. Clocks and the log are passed in, so that tests need no hooks. */
export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly tokens: PaymentTokens;
  readonly providers: Providers;
  /** Calls every address that a merchant or a provider gave us. */
  readonly outbound: OutboundClient;
  readonly log: FastifyBaseLogger;
  /** For warnings that strangers can trigger as often as they like. */
  readonly sampledLog: SampledLog;
  readonly metrics: Metrics;
  /** Unix time in ms. */
  readonly now: () => number;
  /** Tells whether `now` is reliable enough for actions that cannot be undone. */
  readonly clock: WallClock;
  /** Announces a committed change of this payment to its subscribers. */
  readonly announce: (payment: Payment) => void;
  /** Starts a round of the reconciler: there is work that should not wait. */
  readonly wakeReconciler: () => void;
  /** Polls the provider now, for a payer who is back from the bank. Resolves when it has answered, or will not soon. */
  readonly askNow: (payment: Payment) => Promise<void>;
  /** Returns true if the merchant allows a payment whose provider waits for our confirmation. */
  readonly confirms: (payment: Payment) => Promise<boolean>;
  /** Starts a round of the notifier: a message was put into the outbox. */
  readonly wakeNotifier: () => void;
}
