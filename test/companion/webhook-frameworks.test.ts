import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { signWebhook } from '../../src/companion/notifications/webhooks.ts';

const root = join(import.meta.dirname, '../..');
const sources = pathToFileURL(join(root, 'src/companion/notifications/webhooks.ts')).href;
const SECRET = 'whsec_0123456789abcdef';
const BODY = JSON.stringify({ event: 'payment.paid', order_id: 'ORD-ёж', status: 'paid' });

type Answer = (request: Request) => Promise<number>;

/** The blocks of docs/webhooks.md that begin with the name of a file, in a folder of their own. */
const folder = mkdtempSync(join(tmpdir(), 'sbp-frameworks-'));
const handled: unknown[] = [];
Object.assign(globalThis, { handled });

function writeExamples(): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'shop.mjs'),
    'export const handle = async (payload) => void globalThis.handled.push(payload.order_id);',
  );
  const text = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
  for (const [, code, name] of text.matchAll(/```js\n(\/\/ (\w+\.mjs)[^]*?)```/g)) {
    const runnable = code!.replace('sbp-checkout/webhooks', sources);
    writeFileSync(join(folder, name!), runnable);
    if (name === 'express.mjs')
      writeFileSync(join(folder, 'express4.mjs'), runnable.replace("from 'express'", "from 'express4'"));
  }
}

async function load(name: string): Promise<Record<string, unknown>> {
  return (await import(pathToFileURL(join(folder, name)).href)) as Record<string, unknown>;
}

/** By a real connection, as a companion sends it. */
async function overHttp(listener: RequestListener, request: Request): Promise<number> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/sbp`, {
      method: 'POST',
      headers: request.headers,
      body: await request.text(),
    });
    return response.status;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const FRAMEWORKS: Readonly<Record<string, () => Promise<Answer>>> = {
  'Express 5': async () => {
    const { app } = await load('express.mjs');
    return (request) => overHttp(app as RequestListener, request);
  },
  'Express 4': async () => {
    const { app } = await load('express4.mjs');
    return (request) => overHttp(app as RequestListener, request);
  },
  Fastify: async () => {
    const app = (await load('fastify.mjs'))['app'] as { ready(): Promise<unknown>; routing: RequestListener };
    await app.ready();
    return (request) => overHttp(app.routing, request);
  },
  'Next.js': async () => {
    const { POST } = await load('route.mjs');
    return async (request) => (await (POST as (request: Request) => Promise<Response>)(request)).status;
  },
  Hono: async () => {
    const app = (await load('hono.mjs'))['app'] as { fetch(request: Request): Promise<Response> };
    return async (request) => (await app.fetch(request)).status;
  },
};

function webhook(body = BODY): Request {
  const headers = signWebhook({ event: 'payment.paid', deliveryId: 'd1', body: BODY }, SECRET, Date.now());
  return new Request('http://shop.example/webhooks/sbp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('the webhook examples of the documentation', () => {
  before(() => {
    process.env['SBP_WEBHOOK_SECRET'] = SECRET;
    writeExamples();
  });
  after(() => {
    delete process.env['SBP_WEBHOOK_SECRET'];
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, start] of Object.entries(FRAMEWORKS)) {
    it(`${name}: takes what is signed, and nothing else`, async () => {
      const answer = await start();
      handled.length = 0;
      assert.equal(await answer(webhook()), 204);
      assert.deepEqual(handled, ['ORD-ёж']);
      assert.equal(await answer(webhook(BODY.replace('paid', 'Paid'))), 401);
      assert.deepEqual(handled, ['ORD-ёж']);
    });
  }
});
