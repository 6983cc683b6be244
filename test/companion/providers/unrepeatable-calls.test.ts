import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { OutboundClient, type OutboundCall } from '../../../src/companion/outbound/client.ts';
import { createFreepaymentProvider } from '../../../src/companion/providers/freepayment/provider.ts';
import { ProviderHttp } from '../../../src/companion/providers/provider-http.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';
import { DyingConnections } from '../../support/dying-connections.ts';
import { NOW, payment, transaction, WEBHOOK_URL } from '../../support/freepayment.ts';
import { pem } from '../../support/tls-gate.ts';

const WAIT = { timeoutMs: 10_000, maxBytes: 10_000 };
const IDENTITY = { cert: pem('client'), key: pem('client-key'), ca: pem('ca') };
const BANK: TlsOptions = {
  cert: pem('server'),
  key: pem('server-key'),
  ca: pem('ca'),
  requestCert: true,
  rejectUnauthorized: true,
};

/** undici reuses a kept-alive connection once it has seen it idle; without this pause it may open another one. */
const idle = () => sleep(20);
const MANY = 100;

async function callsUntilLost(call: () => Promise<unknown>): Promise<'lost' | 'all answered'> {
  for (let calls = 0; calls < MANY; calls++) {
    try {
      await call();
    } catch {
      return 'lost';
    }
    await idle();
  }
  return 'all answered';
}

/** Promise 39 of docs/promises.md. */
describe('a call that must not be repeated', () => {
  let server: DyingConnections;
  let outbound: OutboundClient;

  async function start(answer: ConstructorParameters<typeof DyingConnections>[0], tls?: TlsOptions) {
    server = new DyingConnections(answer, tls);
    outbound = new OutboundClient({ development: true });
    return server.listen();
  }

  afterEach(async () => {
    await outbound.close();
    await server.close();
  });

  it('would be lost on a reused connection that the server has forgotten', async () => {
    const url = await start(() => ({ fine: true }));
    const call: OutboundCall = { ...WAIT, url, method: 'POST', body: '{}' };
    assert.equal(await callsUntilLost(() => outbound.call(call)), 'lost');
    assert.equal(server.lost, 1);
    assert.equal((await outbound.call({ ...call, freshConnection: true })).status, 200);
  });

  for (const [name, tls] of [
    ['plain http', undefined],
    ['TLS under a certificate of ours', BANK],
  ] as const) {
    it(`uses a new connection, over ${name}`, async () => {
      const baseUrl = await start(({ line }) => ({ line }), tls);
      const http = new ProviderHttp({ baseUrl, outbound, identity: tls ? IDENTITY : null });
      const lines: string[] = [];
      for (const [method, path] of [
        ['GET', '/status'],
        ['POST', '/refund'],
        ['POST', '/refund'],
      ] as const) {
        await http.call(
          { method, path, repeatable: method === 'GET', ...(method === 'POST' ? { body: '{"sum":1}' } : {}) },
          ({ json }) => lines.push((json as { line: string }).line),
        );
        await idle();
      }
      assert.deepEqual(lines, ['GET /status HTTP/1.1', 'POST /refund HTTP/1.1', 'POST /refund HTTP/1.1']);
      assert.equal(server.lost, 0);
      assert.equal(server.opened, 3);
      const refunds = server.answered.filter(({ line }) => line.startsWith('POST'));
      assert.ok(refunds.every(({ headers }) => /^connection: close$/im.test(headers)));
    });
  }

  it('leaves the kept-alive connection to repeatable calls', async () => {
    const baseUrl = await start(() => ({ fine: true }));
    const http = new ProviderHttp({ baseUrl, outbound });
    const ask = () => http.call({ method: 'GET', path: '/status', repeatable: true }, () => 'answered');
    // Lost on the kept-alive connection, such a call is repeated on another one.
    for (let calls = 0; server.lost === 0 && calls < MANY; calls++) {
      assert.equal(await ask(), 'answered');
      await idle();
    }
    assert.equal(server.lost, 1);
  });

  it('is a refund at Freepayment: right after a status call it succeeds, and is made once', async () => {
    const baseUrl = await start(({ line, body }) => {
      if (!line.includes('/refunds')) return { transaction };
      const { request } = JSON.parse(body) as { request: { parent_uid: string; amount: number } };
      return {
        transaction: { ...transaction, ...request, uid: 'refund-1', type: 'refund', status: 'successful' },
      };
    });
    const provider = createFreepaymentProvider({
      settings: {
        baseUrl: `${baseUrl}/beyag`,
        shopId: 'shop',
        secretKey: 'key',
        publicKey: null,
        variant: 'BC',
        test: false,
        repeatRefunds: false,
      },
      outbound,
      webhookUrl: WEBHOOK_URL,
      now: () => NOW,
    });
    await provider.status(payment);
    await idle();
    const refund = await provider.refund({
      payment,
      refundId: 'rfd_1',
      providerRefundId: null,
      repeated: false,
      amount: payment.amount,
      reason: null,
    });
    assert.deepEqual([refund.status, refund.providerRefundId], ['succeeded', 'refund-1']);
    assert.equal(server.answered.filter(({ line }) => line.includes('/refunds')).length, 1);
    assert.equal(server.lost, 0);
  });
});

describe('a call that was never sent', () => {
  const failed = async (url: string, identity: typeof IDENTITY | null) => {
    const outbound = new OutboundClient({ development: true });
    try {
      const http = new ProviderHttp({ baseUrl: url, outbound, identity });
      const call = http.call({ method: 'POST', path: '/refund', body: '{}', repeatable: false }, () => null);
      return await call.then(
        () => assert.fail('it was answered'),
        (error: unknown) => {
          assert.ok(error instanceof ProviderError);
          return error;
        },
      );
    } finally {
      await outbound.close();
    }
  };

  it('is known not to have been received when the handshake failed', async () => {
    const impostor = { ...BANK, cert: pem('other-server'), key: pem('other-server-key') };
    const server = new DyingConnections(() => ({}), impostor);
    try {
      const error = await failed(await server.listen(), IDENTITY);
      assert.equal(error.mayHaveTakenEffect, false);
      assert.match(error.message, /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    } finally {
      await server.close();
    }
  });

  it('may have been received when the connection broke after it was written', async () => {
    const rude = createServer((socket) =>
      socket.on('data', () => socket.resetAndDestroy()).on('error', () => undefined),
    );
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const { port } = rude.address() as AddressInfo;
    try {
      assert.equal((await failed(`http://127.0.0.1:${port}`, null)).mayHaveTakenEffect, true);
    } finally {
      rude.close();
    }
  });
});
