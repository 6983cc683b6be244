/**
 * `npm run demo`: a shop, the companion and the sandbox's bank on this machine, and an address for a phone on the
 * same network. With `--dev` the element comes from its sources, and edits show at once. With `--provider <name>` the
 * payments are made at a simulated payment system instead of the sandbox.
 */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import qrcode from 'qrcode-generator';
import { createServer as createVite } from 'vite';
import { CommandError } from '../src/companion/commands/command-error.ts';
import { ConfigError } from '../src/companion/config-error.ts';
import { createCompanion, createLogger, loadConfig, type Config } from '../src/companion/index.ts';
import { StoreError } from '../src/companion/store/store-error.ts';
import { lanAddress } from './lan.ts';
import { createShop } from './shop-server.ts';
import { simulate } from './simulated.ts';

const SHOP_PORT = Number(process.env['DEMO_SHOP_PORT'] ?? 5173);
const COMPANION_PORT = Number(process.env['SBP_PORT'] ?? 8787);
const root = join(import.meta.dirname, '..');
/** All that the network may read: beside them lie the database and the development secrets. */
const shopFiles = ['index.html', 'demo', 'src/protocol', 'src/widget', 'node_modules'].map((name) =>
  join(root, name),
);

async function main(fromSources: boolean, provider: string | null): Promise<void> {
  const lan = lanAddress();
  const host = lan ?? 'localhost';
  const shopUrl = `http://${host}:${SHOP_PORT}`;
  const simulated =
    provider === null ? null : await simulate(provider, host, `http://127.0.0.1:${COMPANION_PORT}`);
  const config = demoConfig(host, simulated?.env ?? {});
  const log = createLogger(config.logLevel);
  const companion = await createCompanion({ config, log });
  const companionUrl = await companion.listen();

  const shop = createShop({
    companionUrl,
    publicCompanionUrl: config.publicUrl,
    ...(fromSources ? { scriptUrl: '/src/widget/index.ts' } : {}),
    apiKey: config.apiKeys[0]!,
    webhookSecret: config.webhookSecrets,
    shopUrl,
    lanUrl: lan && shopUrl,
    ...(simulated && { methods: simulated.methods }),
    databaseFile: ':memory:',
    log: log.child({ part: 'shop' }),
  });
  const server = createServer();
  const vite = await createVite({
    root,
    appType: 'spa',
    logLevel: 'error',
    server: { middlewareMode: true, ws: { server }, host: true, fs: { strict: true, allow: shopFiles } },
  });
  server.on('request', (request, response) => {
    void shop.handler(request, response).then((taken) => {
      if (!taken) vite.middlewares(request, response);
    });
  });
  await listen(server);
  greet(shopUrl, lan);
  for (const { system, url } of simulated?.pages ?? []) {
    console.log(`  The simulated bank of ${system}:  ${url}\n`);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.all([vite.close(), companion.close(), simulated?.close()]).then(() => process.exit(0));
    });
  }
}

function demoConfig(host: string, simulated: Readonly<Record<string, string>>): Config {
  return loadConfig(
    {
      SBP_HOST: '0.0.0.0',
      SBP_LOG_LEVEL: 'warn',
      SBP_MERCHANT_NAME: 'Ромашка',
      SBP_DATABASE_URL: 'file:data/demo.sqlite',
      SBP_PUBLIC_URL: `http://${host}:${COMPANION_PORT}`,
      SBP_ALLOWED_ORIGINS: [host, 'localhost', '127.0.0.1']
        .map((name) => `http://${name}:${SHOP_PORT}`)
        .join(),
      ...process.env,
      ...simulated,
      NODE_ENV: 'development',
    },
    root,
  );
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(SHOP_PORT, '0.0.0.0', resolve);
  });
}

function greet(shopUrl: string, lan: string | null): void {
  console.log(`\n  The shop is open:  http://localhost:${SHOP_PORT}`);
  if (lan === null) {
    console.log('  No local network found: pay in a second tab instead of a phone.\n');
    return;
  }
  const code = qrcode(0, 'L');
  code.addData(shopUrl);
  code.make();
  console.log(`  From a phone on the same network:  ${shopUrl}\n`);
  console.log(code.createASCII(1, 2).replace(/^/gm, '  '));
}

/** Without a stack trace where the message says what to do. */
function explanation(error: unknown): unknown {
  const saysAll =
    error instanceof StoreError || error instanceof ConfigError || error instanceof CommandError;
  if (saysAll) return error.message;
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return `${error.message}\nChoose other ports with DEMO_SHOP_PORT and SBP_PORT, or end what uses these.`;
  }
  return String(error.code).startsWith('ERR_PARSE_ARGS') ? error.message : error;
}

try {
  const { values } = parseArgs({ options: { dev: { type: 'boolean' }, provider: { type: 'string' } } });
  await main(values.dev ?? false, values.provider ?? null);
} catch (error) {
  console.error(explanation(error));
  process.exit(1);
}
