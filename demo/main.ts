/**
 * `npm run demo` runs a shop, the companion and the sandbox's bank on this machine, and prints an address for a phone on the
 * same network. `--dev` serves the element from its sources, so that edits show at once. `--provider <name>` uses a simulated
 * payment system instead of the sandbox.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { build, createServer as createVite } from 'vite';
import { CommandError } from '../src/companion/cli/command-error.ts';
import { readElementBuild } from '../src/companion/http/pages/element-build.ts';
import { ConfigError, createCompanion } from '../src/companion/index.ts';
import { StoreError } from '../src/companion/store/store-error.ts';
import { openStore } from '../src/companion/store/store.ts';
import { readArguments, type DemoArguments } from './arguments.ts';
import { createDemoLog } from './demo-log.ts';
import { greeting } from './greeting.ts';
import { lanAddress } from './lan.ts';
import { checkCompanionPort, listenForShop } from './ports.ts';
import { readSettings, ROOT } from './settings.ts';
import { onShutdown } from './shutdown.ts';
import { createShop } from './shop-server.ts';
import { simulate, SIMULATED_PROVIDERS } from './simulated.ts';

/** The folders that Vite may serve. The database and the development secrets are outside of them. */
const shopFiles = ['index.html', 'demo', 'src/protocol', 'src/widget', 'node_modules'].map((name) =>
  join(ROOT, name),
);

/** Functions that stop the started parts, run in reverse order. */
const undo: (() => Promise<unknown>)[] = [];

async function main({ dev, build: builds, provider }: DemoArguments): Promise<void> {
  const lan = lanAddress();
  const host = lan ?? 'localhost';
  const simulated = provider === null ? null : await simulate(provider, host);
  if (simulated) undo.push(() => simulated.close());
  const { config, shopPort, shopDatabaseFile } = readSettings({
    root: ROOT,
    host,
    provider,
    simulated: simulated?.env ?? {},
  });
  simulated?.sendWebhooksTo(`http://127.0.0.1:${config.port}`);
  const shopUrl = `http://${host}:${shopPort}`;
  const log = createDemoLog(config.logLevel, (line) => console.log(line));

  // Check everything that can fail before the build, which takes a while.
  let answer: RequestListener = (_request, response) => {
    response
      .writeHead(503, { 'content-type': 'text/html; charset=utf-8', refresh: '1' })
      .end('Магазин открывается…');
  };
  const server = createServer((request, response) => answer(request, response));
  await listenForShop(server, shopPort);
  undo.push(() => closeShop(server));
  await checkCompanionPort(config);
  const store = await openStore(config.databaseFile, { fileMode: config.fileMode });
  undo.push(() => store.close());
  if (builds) await buildElement();
  else if (!dev && (await readElementBuild()) === null) {
    throw new CommandError('The element is not built: npm run build:cdn, or start by npm run demo.');
  }

  const companion = await createCompanion({ config, log: log.logger, store });
  undo.splice(-1, 1, () => companion.close()); // it closes the store
  const companionUrl = await companion.listen();
  const shop = createShop({
    companionUrl,
    publicCompanionUrl: config.publicUrl,
    ...(dev ? { scriptUrl: '/src/widget/index.ts' } : {}),
    apiKey: config.apiKeys[0]!,
    webhookSecret: config.webhookSecrets,
    shopUrl,
    lanUrl: lan && shopUrl,
    ...(simulated && { methods: simulated.methods }),
    databaseFile: shopDatabaseFile,
    log: log.logger.child({ part: 'shop' }),
  });
  undo.push(() => shop.close());
  const vite = await createVite({
    root: ROOT,
    appType: 'spa',
    logLevel: 'error',
    server: { middlewareMode: true, ws: { server }, host: true, fs: { strict: true, allow: shopFiles } },
  });
  undo.push(() => vite.close());
  answer = (request, response) => {
    void shop.handler(request, response).then((taken) => {
      if (!taken) vite.middlewares(request, response);
    });
  };
  console.log(
    greeting({
      shopPort,
      lanUrl: lan && shopUrl,
      companionUrl: config.publicUrl,
      apiKey: config.apiKeys[0]!,
      bankPages: simulated?.pages ?? [],
    }),
  );
  log.open();
}

async function buildElement(): Promise<void> {
  console.log('Building the element…');
  await build({ root: ROOT, logLevel: 'warn' });
}

/** Vite closes the connections of its pages before, because the server does not know upgraded connections. */
async function closeShop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function stop(): Promise<void> {
  for (let undoLast = undo.pop(); undoLast; undoLast = undo.pop()) await undoLast();
}

/** Returns only the message of an error that explains what to do, without a stack trace. */
function explanation(error: unknown): unknown {
  const isExplained =
    error instanceof StoreError || error instanceof ConfigError || error instanceof CommandError;
  return isExplained ? error.message : error;
}

const shutdown = { begun: false };
onShutdown(() => {
  shutdown.begun = true;
  void stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
try {
  await main(readArguments(process.argv.slice(2), SIMULATED_PROVIDERS));
} catch (error) {
  // An interrupted start needs no explanation.
  if (!shutdown.begun) {
    console.error(explanation(error));
    await stop().catch(() => undefined);
    process.exit(1);
  }
}
