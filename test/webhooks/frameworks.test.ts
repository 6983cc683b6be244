import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { DocExamples } from '../support/doc-examples.ts';

const SECRET = 'whsec_0123456789abcdef';
const BODY = JSON.stringify({ event: 'payment.paid', order_id: 'ORD-ёж', status: 'paid' });

type Answer = (request: Request) => Promise<number>;

const examples = new DocExamples('webhooks.md');
const load = (name: string) => examples.load(name);
const handled: unknown[] = [];

/** Sends the request over a real connection, as a companion does. */
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
    Object.assign(globalThis, { handled });
    examples.write(
      'shop.mjs',
      'export const handle = async (payload) => void globalThis.handled.push(payload.order_id);',
    );
  });
  after(() => {
    delete process.env['SBP_WEBHOOK_SECRET'];
    examples.remove();
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
