import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createBankDirectory } from './banks/directory.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { createApp, routes } from './http/app.ts';
import { LiveHub } from './live/hub.ts';
import { createLogger } from './logging.ts';
import { Notifier } from './notifications/notifier.ts';
import { Caretaker } from './payments/caretaker.ts';
import type { Payment } from './payments/payment.ts';
import { PaymentTokens } from './payments/tokens.ts';
import { SandboxBank } from './providers/sandbox/bank.ts';
import { createSandboxProvider } from './providers/sandbox/provider.ts';
import { openStore, type Store } from './store/store.ts';

export interface CompanionOptions {
  readonly config: Config;
  /** Where logs go; to standard output at `config.logLevel` unless given. */
  readonly log?: Logger;
  /** Unix time in ms; the system's clock unless given. */
  readonly now?: () => number;
  /** An open store, closed with the companion; `config.databaseFile` is opened unless given. */
  readonly store?: Store;
  /** Stand-ins for payment systems. */
  readonly providers?: Partial<Context['providers']>;
}

export interface Companion {
  /** For `http.createServer(handler)`, Express's `app.use(handler)` and the like; before any body parser. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** The same routes for a Fastify application: `app.register(companion.plugin)`. */
  readonly plugin: (app: FastifyInstance) => Promise<void>;
  /** Listens by itself, on the configured host and port; answers the address it got. */
  listen(): Promise<string>;
  /** Ends open streams (their pages reconnect), finishes what is under way, closes the database. */
  close(): Promise<void>;
}

/** Builds the companion and starts its background work. One instance owns its database file. */
export async function createCompanion({
  config,
  log = createLogger(config.logLevel),
  now = Date.now,
  store: given,
  providers,
}: CompanionOptions): Promise<Companion> {
  const store = given ?? (await openStore(config.databaseFile));
  const hub = new LiveHub();
  let ownAddress = config.publicUrl;

  const bank = new SandboxBank({
    store,
    log,
    now,
    webhookSecret: config.webhookSecrets[0]!,
    webhookUrl: () => `${ownAddress}/webhooks/sandbox`,
  });
  const ctx: Context = {
    config,
    store,
    log,
    now,
    tokens: new PaymentTokens(config.tokenSecrets),
    providers: { sandbox: createSandboxProvider(bank, config, now), ...providers },
    announce(payment: Payment) {
      hub.publish(payment);
      notifier.wake();
      caretaker.wake();
    },
    wakeNotifier: () => notifier.wake(),
  };
  const notifier = new Notifier(ctx);
  const caretaker = new Caretaker(ctx);
  const banks = createBankDirectory({
    url: config.banksUrl,
    cacheFile: join(dirname(config.databaseFile), 'banks.json'),
    log,
    now,
  });
  const usesSandbox = Object.values(config.methods).includes('sandbox');
  const parts = { ctx, hub, banks, sandbox: usesSandbox ? bank : null };
  const app = createApp(parts, log);
  await app.ready();

  caretaker.wake();
  notifier.wake();
  bank.start();

  return {
    handler: (request, response) => app.routing(request, response),
    plugin: routes(parts),
    async listen() {
      await app.listen({ host: config.host, port: config.port });
      ownAddress = loopbackAddress(app.server.address() as AddressInfo);
      return ownAddress;
    },
    async close() {
      hub.drain();
      await app.close();
      banks.close();
      await Promise.all([caretaker.close(), notifier.close(), bank.close()]);
      await store.close();
    },
  };
}

/** How this process reaches itself. */
function loopbackAddress({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (address === '::') return `http://[::1]:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}
