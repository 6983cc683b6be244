/**
 * A host process that closes its companion: `node closing-host.ts <folder> <way>`. It prints `closed` after it has
 * closed everything that a host closes. Then the process must end by itself.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import Fastify from 'fastify';
import { pino } from 'pino';
import { createCompanion, loadConfig } from '../../src/companion/index.ts';
import { apiClient, freePort, testEnv } from './companion.ts';

const [folder = '', way = ''] = process.argv.slice(2);
const port = await freePort();
const companion = await createCompanion({
  config: loadConfig(testEnv(port, folder)),
  log: pino({ level: 'silent' }),
});

/** Creates a payment, opens its status stream and pays it. The stream stays open. */
async function takePayment(): Promise<void> {
  const client = apiClient(`http://127.0.0.1:${port}`);
  const { payment_id, token } = await client.createPayment();
  const page = await client.checkout('/session/events', token);
  await page.body?.getReader().read();
  const paid = await client.sandbox(payment_id, 'pay');
  if (paid.status !== 200) throw new Error(`not paid: ${paid.status}`);
}

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  bare: () => companion.close(),
  twice: () => Promise.all([companion.close(), companion.close()]).then(() => companion.close()),
  async listening() {
    await companion.listen();
    await takePayment();
    await companion.close();
  },
  async plugin() {
    const app = Fastify();
    await app.register(companion.plugin, { prefix: '' });
    await app.listen({ port, host: '127.0.0.1' });
    await takePayment();
    await app.close();
  },
  async 'plugin before it is ready'() {
    const app = Fastify();
    void app.register(companion.plugin);
    await app.close();
  },
  async 'plugin, and the companion too'() {
    const app = Fastify();
    await app.register(companion.plugin);
    await app.ready();
    await Promise.all([app.close(), companion.close()]);
  },
  async express() {
    const { default: express } = (await import('express')) as {
      default: () => RequestListener & { use(handler: unknown): void };
    };
    const app = express();
    app.use(companion.handler);
    const server = await serve(app);
    await takePayment();
    // The order from docs/mounting.md: stop new connections, then close the companion, which ends the open streams.
    server.close();
    await companion.close();
  },
  async 'a request after the end'() {
    const server = await serve(companion.handler);
    await companion.close();
    await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (response) => response.text(),
      () => undefined,
    );
    server.close();
    server.closeAllConnections();
  },
};

await WAYS[way]!();
console.log('closed');
