import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Fastify from 'fastify';
import { API_KEY, apiClient } from '../../../support/companion.ts';
import { mountable, serve } from '../../../support/mounted.ts';

describe('createCompanion in a server of yours', () => {
  it('is a request handler: a payment goes all the way through it', async (t) => {
    const { companion, port } = await mountable(t);
    await serve(t, port, companion.handler);
    const client = apiClient(`http://127.0.0.1:${port}`);
    const { payment_id, token } = await client.createPayment();
    assert.equal((await client.sandbox(payment_id, 'pay')).status, 200);
    const snapshot = (await (await client.checkout('/session', token)).json()) as { status: string };
    assert.equal(snapshot.status, 'paid');
  });

  it('leaves it to that server which pages may ask, where that has answered', async (t) => {
    const { companion, port } = await mountable(t);
    await serve(t, port, (request, response) => {
      response.setHeader('access-control-allow-origin', 'https://shop.example');
      companion.handler(request, response);
    });
    const client = apiClient(`http://127.0.0.1:${port}`);
    const { token } = await client.createPayment();
    const response = await client.checkout('/session', token, { origin: 'https://shop.example' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://shop.example');
  });

  it('answers callers who have no address, since they come by a socket file', async (t) => {
    const { companion, directory } = await mountable(t, { SBP_RATE_LIMIT: '600', SBP_STREAM_LIMIT: '200' });
    const socketPath = join(directory, 'companion.sock');
    await serve(t, socketPath, companion.handler);
    const [answer] = (await once(
      get({ socketPath, path: '/api/sbp/v1/payments', headers: { authorization: `Bearer ${API_KEY}` } }),
      'response',
    )) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    answer.destroy();
  });

  it('complains loudly when a body parser has eaten the bytes that signatures are over', async (t) => {
    const { companion, port } = await mountable(t);
    await serve(t, port, (request, response) => {
      request.resume().on('end', () => {
        Object.assign(request, { body: { parsed: true } });
        companion.handler(request, response);
      });
    });
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/sandbox`, { method: 'POST', body: '{}' });
    assert.equal(response.status, 500);
    assert.equal(((await response.json()) as { code: string }).code, 'body_already_parsed');
  });

  it('does not mind a body parser on calls without a body', async (t) => {
    const { companion, port } = await mountable(t);
    await serve(t, port, (request, response) => {
      Object.assign(request, { body: {} });
      companion.handler(request, response);
    });
    assert.equal((await fetch(`http://127.0.0.1:${port}/pay`)).status, 200);
  });

  it('is a Fastify plugin', async (t) => {
    const { companion, port } = await mountable(t);
    const app = Fastify({ forceCloseConnections: true });
    t.after(() => app.close());
    app.get('/', () => 'the shop');
    app.setNotFoundHandler((_request, reply) => reply.code(404).send('the shop has no such page'));
    app.decorateReply('sendFile', () => 'the host has plugins of its own');
    await app.register(companion.plugin);
    await app.listen({ port, host: '127.0.0.1' });
    const client = apiClient(`http://127.0.0.1:${port}`);
    const { payment_id } = await client.createPayment();
    assert.equal((await client.api(`/payments/${payment_id}`)).status, 200);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'the shop');
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/nowhere`)).text(), 'the shop has no such page');
  });
});
