import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createBankDirectory } from './banks/directory.ts';
import { CertificateWatch } from './env/certificate-watch.ts';
import type { Config } from './config.ts';
import { readableByOthers } from './lib/file-mode.ts';
import type { Context } from './payments/context.ts';
import { certificatesOf } from './env/certificates.ts';
import { createApp, routes } from './http/server.ts';
import { Middleware, type Next } from './http/plumbing/middleware.ts';
import { Readiness } from './http/pages/health.ts';
import { LastSeen, readLastSeen } from './store/last-seen.ts';
import { LiveHub } from './live/hub.ts';
import { SampledLog } from './lib/sampled-log.ts';
import { createLogger } from './lib/logging.ts';
import { Metrics } from './metrics.ts';
import { readTablesAtScrape } from './table-metrics.ts';
import { createMerchantConfirmation } from './payments/lifecycle/ask-merchant.ts';
import { Notifier } from './notifications/notifier.ts';
import { OutboundClient } from './outbound/client.ts';
import type { Resolve } from './outbound/address-guard.ts';
import { Caretaker } from './payments/reconciler/reconciler.ts';
import { withHistoryLog } from './payments/model/history-log.ts';
import { warnOfLeftProviders } from './payments/reconciler/left-providers.ts';
import type { Payment } from './payments/model/payment.ts';
import { Retention } from './payments/reconciler/retention.ts';
import { PaymentTokens } from './payments/model/tokens.ts';
import { createProviders } from './providers/registry.ts';
import { SandboxBank } from './providers/sandbox/bank.ts';
import { openStore, type Store } from './store/store.ts';
import { WallClock } from './lib/wall-clock.ts';

export interface CompanionOptions {
  readonly config: Config;
  /** Where logs go; to standard output at `config.logLevel` unless given. */
  readonly log?: Logger;
  /** Unix time in ms; the system's clock unless given. */
  readonly now?: () => number;
  /** Milliseconds on a clock that is never set, beside which `now` is judged; the system's unless given. */
  readonly monotonic?: () => number;
  /** How names in others' addresses are resolved; by the system unless given. */
  readonly resolve?: Resolve;
  /** An open store, closed with the companion; `config.databaseFile` is opened unless given. */
  readonly store?: Store;
  /** Stand-ins for payment systems. */
  readonly providers?: Partial<Context['providers']>;
}

export interface Companion {
  /**
   * For `http.createServer(handler)`, Express's `app.use(handler)` and the like; before any body parser. With `next`, what
   * is not ours goes on to the host; without, it is answered 404.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: Next) => void;
  /** The same routes for a Fastify application: `app.register(companion.plugin)`. Closed with it. */
  readonly plugin: (app: FastifyInstance) => Promise<void>;
  /** Listens by itself, on the configured host and port; answers the address it got. */
  listen(): Promise<string>;
  /**
   * Resolves if the database, checked while it serves because it is large, is found damaged. Every write is refused
   * from then on, `/readyz` answers 503 and nothing is done any more: close the companion and restore a backup.
   */
  readonly damaged: Promise<Error>;
  /**
   * Ends open streams (their pages reconnect), finishes what is under way, closes the database. Nothing is left that keeps
   * the process running. A second call waits for the first.
   */
  close(): Promise<void>;
}

/** Builds the companion and starts its background work. One instance owns its database file. */
export async function createCompanion(options: CompanionOptions): Promise<Companion> {
  const log = options.log ?? createLogger(options.config.logLevel);
  const report = (words: string) => log.info(words);
  const store =
    options.store ??
    (await openStore(options.config.databaseFile, { report, fileMode: options.config.fileMode }));
  try {
    return await assemble({ ...options, log }, store);
  } catch (error) {
    // A host that sets its mistake right must find the database free.
    if (!options.store) await store.close();
    throw error;
  }
}

async function assemble(
  {
    config,
    log,
    now = Date.now,
    monotonic = () => performance.now(),
    resolve,
    providers,
  }: CompanionOptions & { readonly log: Logger },
  opened: Store,
): Promise<Companion> {
  const hub = new LiveHub();
  const outbound = new OutboundClient({
    development: config.development,
    allowedHosts: config.callbackHosts,
    proxies: config.proxies,
    proxyForAll: config.callbackProxy,
    ...(resolve ? { resolve } : {}),
  });
  const metrics = new Metrics({
    now,
    openStreams: () => hub.size,
    test: config.test,
    certificates: certificatesOf(config),
  });
  readTablesAtScrape(metrics.registry, { store: opened, now });
  const store = withHistoryLog(opened, log, () => metrics.writeFailed());
  let ownAddress = config.publicUrl;
  let started = false;
  let closing: Promise<void> | null = null;

  const clock = new WallClock({
    now,
    monotonic,
    onStep: (stepMs) => log.warn({ step_ms: stepMs }, 'clock stepped: nothing ends by it for 10 minutes'),
  });
  clock.resume(await readLastSeen(store));
  const lastSeen = new LastSeen({ store, clock, now, log });
  const bank = new SandboxBank({
    store,
    log,
    now,
    clock,
    webhookSecret: config.webhookSecrets[0]!,
    webhookUrl: () => `${ownAddress}/webhooks/sandbox`,
  });
  const ctx: Context = {
    config,
    store,
    outbound,
    log,
    sampledLog: new SampledLog(log),
    now,
    clock,
    tokens: new PaymentTokens(config.tokenSecrets),
    metrics,
    providers: createProviders({ config, outbound, bank, metrics, log, now, standIns: providers }),
    announce(payment: Payment) {
      hub.publish(payment);
      notifier.wake();
      caretaker.wake();
    },
    wakeNotifier: () => notifier.wake(),
    wakeCaretaker: () => caretaker.wake(),
    askNow: (payment) => caretaker.askNow(payment),
    confirms: createMerchantConfirmation({ config, outbound, now }),
  };
  const notifier = new Notifier(ctx);
  const caretaker = new Caretaker(ctx);
  const retention = new Retention(ctx, (paymentId) => hub.dismiss(paymentId));
  const banks = createBankDirectory({
    source: config.bankList,
    outbound,
    cacheFile: join(dirname(config.databaseFile), 'banks.json'),
    fileMode: config.fileMode,
    log,
    // Only how long ago the list was fetched counts.
    now: monotonic,
  });
  const certificates = new CertificateWatch({ certificates: certificatesOf(config), log, now });
  const usesSandbox = Object.values(config.methods).includes('sandbox');
  const readiness = new Readiness(ctx);
  for (const warning of config.warnings) log.warn(warning);
  const kept = ['', '-wal', '-shm', '.lock'].map((part) => config.databaseFile + part);
  for (const file of readableByOthers(kept, config.fileMode)) {
    log.warn({ file }, 'file may be read by others than its owner: chmod 600, or set SBP_FILE_MODE=group');
  }
  await warnOfLeftProviders(ctx);
  certificates.look();
  const parts = { ctx, hub, banks, readiness, sandbox: usesSandbox ? bank : null };
  const middleware = new Middleware(ctx.tokens, (name) => Object.hasOwn(ctx.providers, name));
  const app = createApp(parts, middleware, log);
  await app.ready();

  const damaged = new Promise<Error>((resolve) => {
    store.checked?.then(
      (damage) => {
        if (damage === null) {
          log.info('database checked');
          return;
        }
        log.fatal({ err: damage.cause }, damage.message);
        resolve(damage);
      },
      (error: unknown) => log.error({ err: error }, 'the database could not be checked'),
    );
  });

  /** Work that nobody calls for begins with the first caller: a process that cannot serve must not work the outbox. */
  function start(): void {
    if (started || closing) return;
    started = true;
    caretaker.wake();
    notifier.wake();
    retention.start();
    lastSeen.start();
    certificates.start();
    bank.start();
  }

  /** Open pages are told to come back: a server that waits for their streams to end would wait for ever. */
  function drain(): void {
    readiness.drain();
    hub.drain();
  }

  async function shutDown(): Promise<void> {
    drain();
    await closeServer(app);
    banks.close();
    certificates.close();
    await Promise.all([caretaker.close(), notifier.close(), retention.close(), bank.close()]);
    await lastSeen.close();
    await outbound.close();
    ctx.sampledLog.close();
    await store.close();
  }

  const close = (): Promise<void> => (closing ??= shutDown());

  return {
    damaged,
    handler(request, response, next) {
      start();
      if (next) middleware.expect(request, response, next);
      app.routing(request, response);
    },
    async plugin(host) {
      // Before its server stops, and after its last answer.
      host.addHook('preClose', (done) => {
        drain();
        done();
      });
      host.addHook('onClose', close);
      await routes(parts)(host);
      start();
    },
    async listen() {
      await app.listen({ host: config.host, port: config.port });
      ownAddress = loopbackAddress(app.server.address() as AddressInfo);
      start();
      return ownAddress;
    },
    close,
  };
}

/** How this process reaches itself. */
function loopbackAddress({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (address === '::') return `http://[::1]:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

/** Requests under way are answered first; one that takes longer than this is cut off. */
const CLOSE_DEADLINE_MS = 5_000;
const SWEEP_MS = 50;

async function closeServer(app: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_DEADLINE_MS);
  // A connection kept alive becomes idle only once its answer is out: closing the idle ones once would miss it.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  await app.close();
  clearInterval(sweep);
  clearTimeout(deadline);
}
