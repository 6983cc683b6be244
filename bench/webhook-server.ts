/**
 * One of the servers that `npm run bench:webhooks` compares, each in its own process. `grouped`: the companion as it is.
 * `single`: the companion with one commit for each webhook. `raw`: the same store and webhook handling under bare `node:http`.
 */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { createCompanion } from '../src/companion/companion.ts';
import { loadConfig, type Config } from '../src/companion/config.ts';
import type { Context } from '../src/companion/payments/context.ts';
import { receiveWebhook } from '../src/companion/payments/reports/receive-webhook.ts';
import { PaymentTokens } from '../src/companion/payments/model/tokens.ts';
import { SandboxBank } from '../src/companion/providers/sandbox/bank.ts';
import { SampledLog } from '../src/companion/lib/sampled-log.ts';
import { Metrics } from '../src/companion/metrics.ts';
import { OutboundClient } from '../src/companion/outbound/client.ts';
import { createProviders } from '../src/companion/providers/registry.ts';
import { WallClock } from '../src/companion/lib/wall-clock.ts';
import { openStore, type Store } from '../src/companion/store/store.ts';

const config = loadConfig(process.env);
const log = pino({ level: 'silent' });
const variant = process.argv[2];

const store = await openStore(config.databaseFile, variant === 'single' ? { maxGroup: 1 } : {});
if (variant === 'raw') await serveRaw(config, store);
else await (await createCompanion({ config, log, store })).listen();
process.send?.('ready');

async function serveRaw(config: Config, store: Store): Promise<void> {
  const now = Date.now;
  const webhookSecret = config.webhookSecrets[0]!;
  const clock = new WallClock({ now, monotonic: () => performance.now() });
  const bank = new SandboxBank({ store, log, now, clock, webhookSecret, webhookUrl: () => '' });
  const outbound = new OutboundClient({ development: true });
  const metrics = new Metrics({ now, openStreams: () => 0, test: config.test });
  const providers = createProviders({ config, outbound, bank, metrics, log, now });
  const ctx: Context = {
    config,
    store,
    log,
    sampledLog: new SampledLog(log),
    now,
    clock,
    tokens: new PaymentTokens(config.tokenSecrets),
    metrics,
    outbound,
    providers,
    announce: () => undefined,
    wakeReconciler: () => undefined,
    askNow: () => Promise.resolve(),
    confirms: () => Promise.resolve(true),
    wakeNotifier: () => undefined,
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const delivery = providers.sandbox.parseWebhook({ headers: request.headers, body });
      void receiveWebhook(ctx, { provider: 'sandbox', delivery, body }).then(() => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(config.port, config.host, resolve));
}
