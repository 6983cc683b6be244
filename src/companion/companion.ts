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
import { readCertificates } from './env/certificates.ts';
import { createApp, routes } from './http/server.ts';
import { Middleware, type Next } from './http/plumbing/middleware.ts';
import { Readiness } from './http/pages/health.ts';
import { LastSeen, readLastSeen } from './store/last-seen.ts';
import { LiveHub } from './live/hub.ts';
import { SampledLog } from './lib/sampled-log.ts';
import { createLogger } from './lib/logging.ts';
import { Metrics } from './metrics.ts';
import { registerTableMetrics } from './table-metrics.ts';
import { createMerchantConfirmation } from './payments/lifecycle/ask-merchant.ts';
import { Notifier } from './notifications/notifier.ts';
import { OutboundClient } from './outbound/client.ts';
import type { Resolve } from './outbound/address-guard.ts';
import { Reconciler } from './payments/reconciler/reconciler.ts';
import { withHistoryLog } from './payments/model/history-log.ts';
import { warnOfUnconfiguredProviders } from './payments/reconciler/unconfigured-providers.ts';
import type { Payment } from './payments/model/payment.ts';
import { Retention } from './payments/reconciler/retention.ts';
import { PaymentTokens } from './payments/model/tokens.ts';
import { createProviders } from './providers/registry.ts';
import { SandboxBank } from './providers/sandbox/bank.ts';
import { openStore, type Store } from './store/store.ts';
import { WallClock } from './lib/wall-clock.ts';

export interface CompanionOptions {
  readonly config: Config;
  /** Defaults to standard output at `config.logLevel`. */
  readonly log?: Logger;
  /** Returns Unix time in ms. Defaults to the system's clock. */
  readonly now?: () => number;
  /** Returns milliseconds of a clock that is never set; jumps of `now` are measured by it. Defaults to the system's. */
  readonly monotonic?: () => number;
  /** Resolves host names of addresses that others gave. Defaults to the system's resolver. */
  readonly resolve?: Resolve;
  /** An open store, which is closed with the companion. Defaults to opening `config.databaseFile`. */
  readonly store?: Store;
  /** Replace the providers of the same names. */
  readonly providers?: Partial<Context['providers']>;
}

export interface Companion {
  /**
   * A request handler for `http.createServer(handler)`, Express's `app.use(handler)` and the like. Must stand before any body
   * parser. Calls `next` for a path that is not the companion's; without `next` such a path gets 404.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: Next) => void;
  /** The same routes for a Fastify application: `app.register(companion.plugin)`. The companion closes with the application. */
  readonly plugin: (app: FastifyInstance) => Promise<void>;
  /** Listens on the configured host and port. Returns the address. */
  listen(): Promise<string>;
  /**
   * Resolves if the background check of a large database finds damage. From then on every write is refused, `/readyz` returns
   * 503 and all background work stops. Close the companion and restore a backup.
   */
  readonly damaged: Promise<Error>;
  /**
   * Ends open streams (their pages reconnect), finishes running requests and jobs, closes the database. Afterwards nothing
   * keeps the process running. A second call waits for the first.
   */
  close(): Promise<void>;
}

/** Builds the companion and starts its background work. One instance owns its database file. */
export async function createCompanion(options: CompanionOptions): Promise<Companion> {
  const log = options.log ?? createLogger(options.config.logLevel);
  const report = (message: string) => log.info(message);
  const store =
    options.store ??
    (await openStore(options.config.databaseFile, { report, fileMode: options.config.fileMode }));
  try {
    return await assemble({ ...options, log }, store);
  } catch (error) {
    // After the host corrects its mistake and tries again, the database must not be locked.
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
    providers: replacements,
  }: CompanionOptions & { readonly log: Logger },
  opened: Store,
): Promise<Companion> {
  const hub = new LiveHub();
  const outbound = createOutboundClient(config, resolve);
  const certificates = readCertificates(config);
  const metrics = new Metrics({ now, openStreams: () => hub.size, test: config.test, certificates });
  registerTableMetrics(metrics.registry, { store: opened, now });
  const store = withHistoryLog(opened, log, () => metrics.writeFailed());
  const clock = new WallClock({
    now,
    monotonic,
    onStep: (stepMs) =>
      log.warn({ step_ms: stepMs }, 'clock stepped: expiry, give-up and erasure pause for 10 minutes'),
  });
  clock.resume(await readLastSeen(store));

  let ownAddress = config.publicUrl;
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
    providers: createProviders({ config, outbound, bank, metrics, log, now, replacements }),
    announce(payment: Payment) {
      hub.publish(payment);
      notifier.wake();
      reconciler.wake();
    },
    wakeNotifier: () => notifier.wake(),
    wakeReconciler: () => reconciler.wake(),
    askNow: (payment) => reconciler.askNow(payment),
    confirms: createMerchantConfirmation({ config, outbound, now }),
  };

  const notifier = new Notifier(ctx);
  const reconciler = new Reconciler(ctx);
  const retention = new Retention(ctx, (paymentId) => hub.dismiss(paymentId));
  const lastSeen = new LastSeen({ store, clock, now, log });
  const certificateWatch = new CertificateWatch({ certificates, log, now });
  const banks = createBankDirectory({
    source: config.bankList,
    outbound,
    cacheFile: join(dirname(config.databaseFile), 'banks.json'),
    fileMode: config.fileMode,
    log,
    // The directory needs only the time since the list was fetched.
    now: monotonic,
  });

  logStartWarnings(config, log);
  await warnOfUnconfiguredProviders(ctx);
  certificateWatch.look();

  const readiness = new Readiness(ctx);
  const usesSandbox = Object.values(config.methods).includes('sandbox');
  const parts = { ctx, hub, banks, readiness, sandbox: usesSandbox ? bank : null };
  const middleware = new Middleware(ctx.tokens, (name) => Object.hasOwn(ctx.providers, name));
  const app = createApp(parts, middleware, log);
  await app.ready();

  let started = false;
  let closing: Promise<void> | null = null;

  /** Starts background work with the first request: a process that cannot serve must not send the outbox. */
  function start(): void {
    if (started || closing) return;
    started = true;
    reconciler.wake();
    notifier.wake();
    retention.start();
    lastSeen.start();
    certificateWatch.start();
    bank.start();
  }

  /** Ends open streams, because a server waits for them before it closes. Their pages reconnect. */
  function drain(): void {
    readiness.drain();
    hub.drain();
  }

  async function shutDown(): Promise<void> {
    drain();
    await closeServer(app);
    banks.close();
    certificateWatch.close();
    await Promise.all([reconciler.close(), notifier.close(), retention.close(), bank.close()]);
    await lastSeen.close();
    await outbound.close();
    ctx.sampledLog.close();
    await store.close();
  }

  const close = (): Promise<void> => (closing ??= shutDown());

  return {
    damaged: damageOf(store, log),
    handler(request, response, next) {
      start();
      if (next) middleware.expect(request, response, next);
      app.routing(request, response);
    },
    async plugin(host) {
      // preClose runs before the host's server stops, onClose after its last response.
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

function createOutboundClient(config: Config, resolve: Resolve | undefined): OutboundClient {
  return new OutboundClient({
    development: config.development,
    allowedHosts: config.callbackHosts,
    proxies: config.proxies,
    proxyForAll: config.callbackProxy,
    ...(resolve ? { resolve } : {}),
  });
}

function logStartWarnings({ warnings, databaseFile, fileMode }: Config, log: Logger): void {
  for (const warning of warnings) log.warn(warning);
  const files = ['', '-wal', '-shm', '.lock'].map((suffix) => databaseFile + suffix);
  for (const file of readableByOthers(files, fileMode)) {
    log.warn({ file }, 'file is readable by other users: chmod 600, or set SBP_FILE_MODE=group');
  }
}

/** Resolves when the background check of the database finds damage. */
function damageOf(store: Store, log: Logger): Promise<Error> {
  return new Promise((resolve) => {
    store.checked?.then(
      (damage) => {
        if (damage === null) {
          log.info('database checked');
          return;
        }
        log.fatal({ err: damage.cause }, damage.message);
        resolve(damage);
      },
      (error: unknown) => log.error({ err: error }, 'database check failed'),
    );
  });
}

/** Returns the address at which this process reaches itself. */
function loopbackAddress({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (address === '::') return `http://[::1]:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

/** Running requests may finish within this time; then their connections are cut. */
const CLOSE_DEADLINE_MS = 5_000;
const SWEEP_MS = 50;

async function closeServer(app: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_DEADLINE_MS);
  // A kept-alive connection becomes idle only after its response, so one pass over idle connections is not enough.
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  await app.close();
  clearInterval(sweep);
  clearTimeout(deadline);
}
