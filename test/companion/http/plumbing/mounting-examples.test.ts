import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Companion } from '../../../../src/companion/index.ts';
import { apiClient, freePort, testEnv } from '../../../support/companion.ts';
import { DocExamples } from '../../../support/doc-examples.ts';

type Example = Record<string, unknown> & { readonly companion: Companion };

/** Returns the HTTP server of each example. */
const SERVERS: Readonly<Record<string, (example: Example) => Promise<Server> | Server>> = {
  'express-shop.mjs': ({ app }) => createServer(app as RequestListener),
  'express4-shop.mjs': ({ app }) => createServer(app as RequestListener),
  'node-shop.mjs': ({ server }) => server as Server,
  'koa-shop.mjs': ({ app }) => createServer((app as { callback(): RequestListener }).callback()),
  'hono-shop.mjs': async ({ app }) => {
    const { createAdaptorServer } = (await import('@hono/node-server')) as {
      createAdaptorServer: (options: { fetch: unknown }) => Server;
    };
    return createAdaptorServer({ fetch: (app as { fetch: unknown }).fetch });
  },
  'fastify-shop.mjs': async ({ app }) => {
    const fastify = app as { ready(): Promise<void>; server: Server };
    await fastify.ready();
    return fastify.server;
  },
};

describe('the ways into a host of docs/mounting.md', () => {
  const examples = new DocExamples('mounting.md');
  after(() => examples.remove());

  for (const [name, serverOf] of Object.entries(SERVERS)) {
    it(`${name}: takes a payment and leaves the shop its pages`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sbp-mounting-'));
      const port = await freePort();
      const env = { ...testEnv(port, folder), SBP_LOG_LEVEL: 'silent' };
      Object.assign(process.env, env);
      const example = (await examples.load(name)) as Example;
      for (const key of Object.keys(env)) Reflect.deleteProperty(process.env, key);
      const server = await serverOf(example);
      try {
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        const origin = `http://127.0.0.1:${port}`;
        const client = apiClient(origin);
        const { payment_id, token } = await client.createPayment();
        const stream = await client.checkout('/session/events', token);
        assert.equal(stream.headers.get('content-type'), 'text/event-stream');
        await stream.body!.getReader().read();
        assert.equal((await client.sandbox(payment_id, 'pay')).status, 200);
        assert.equal((await fetch(`${origin}/pay`)).status, 200);
        assert.equal(await (await fetch(`${origin}/`)).text(), 'the shop');
      } finally {
        server.close();
        await example.companion.close();
        server.closeAllConnections();
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
