import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { TLSSocket } from 'node:tls';
import { OutboundClient, type OutboundOptions } from '../../../src/companion/outbound/client.ts';
import { ProviderHttp } from '../../../src/companion/providers/provider-http.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';
import { ConnectProxy } from '../../support/connect-proxy.ts';
import { pem } from '../../support/tls-gate.ts';

const LIMITS = { method: 'GET', timeoutMs: 10_000, maxBytes: 10_000 } as const;
const IDENTITY = { cert: pem('client'), key: pem('client-key'), ca: pem('named-server') };
/** Names resolve only at the proxy. */
const noNames: NonNullable<OutboundOptions['resolve']> = (host, _options, done) =>
  done(Object.assign(new Error(`no name here: ${host}`), { code: 'ENOTFOUND' }), []);

async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    (error: unknown) => String(error),
  );
}

describe('calls through an outbound proxy', () => {
  let bank: Server;
  let shop: Server;
  let proxy: ConnectProxy;
  let client: OutboundClient;
  const seen: string[] = [];

  before(async () => {
    const answer: Parameters<typeof createServer>[1] = (request, response) => {
      const by =
        request.socket instanceof TLSSocket
          ? ` by ${String(request.socket.getPeerCertificate().subject.CN)}`
          : '';
      seen.push(`${request.method} ${request.headers.host}${request.url}${by}`);
      if (request.url === '/moved') response.writeHead(302, { location: 'https://10.0.0.1/' });
      response.end('{"fine":true}');
    };
    bank = createTlsServer(
      {
        cert: pem('named-server'),
        key: pem('named-server-key'),
        ca: pem('ca'),
        requestCert: true,
        rejectUnauthorized: true,
      },
      answer,
    );
    shop = createServer(answer);
    for (const server of [bank, shop]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    const port = (server: Server) => (server.address() as AddressInfo).port;
    proxy = await ConnectProxy.start({ 'bank.example:443': port(bank), 'shop.example:80': port(shop) });
  });
  afterEach(async () => {
    await client.close();
    proxy.tunnels.length = 0;
    proxy.password = null;
    proxy.refuses = null;
    seen.length = 0;
  });
  after(async () => {
    await proxy.close();
    for (const server of [bank, shop]) {
      server.closeAllConnections();
      server.close();
    }
  });

  const open = (options: Partial<OutboundOptions> = {}, uri = proxy.url) =>
    (client = new OutboundClient({
      development: false,
      resolve: noNames,
      proxies: { https: uri, http: uri, exceptions: [] },
      ...options,
    }));
  const bankAt = () =>
    new ProviderHttp({ baseUrl: 'https://bank.example', outbound: client, identity: IDENTITY });

  it('reach a provider that requires our certificate', async () => {
    open();
    for (const repeatable of [true, false])
      assert.deepEqual(
        await bankAt().call({ method: 'GET', path: '/status', repeatable }, ({ json }) => json),
        { fine: true },
      );
    assert.deepEqual(seen, Array(2).fill('GET bank.example/status by test shop'));
    assert.deepEqual(proxy.tunnels, Array(2).fill('bank.example:443'));
  });

  it('use a tunnel over plain http as well, a new one for each call that must not be repeated', async () => {
    open({ development: true });
    const http = new ProviderHttp({ baseUrl: 'http://shop.example', outbound: client });
    for (const repeatable of [true, false, false])
      await http.call({ method: 'GET', path: '/status', repeatable }, ({ json }) => json);
    assert.deepEqual(seen, Array(3).fill('GET shop.example/status'));
    assert.deepEqual(proxy.tunnels, Array(3).fill('shop.example:80'));
    assert.equal(proxy.others, 0);
  });

  it('use no proxy for addresses in NO_PROXY', async () => {
    open({
      development: true,
      proxies: { https: null, http: proxy.url, exceptions: ['.example'] },
      resolve: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const { port } = shop.address() as AddressInfo;
    const url = `http://shop.example:${port}/`;
    assert.equal((await client.configured([url]).call({ ...LIMITS, url })).status, 200);
    assert.deepEqual(proxy.tunnels, []);
  });

  it('send the proxy its password, and keep it out of every message', async () => {
    proxy.password = 'me:hunter2';
    const url = 'http://shop.example/';
    open({ development: true }, `http://me:hunter2@127.0.0.1:${proxy.port}`);
    assert.equal((await client.configured([url]).call({ ...LIMITS, url })).status, 200);
    await client.close();
    open({ development: true }, `http://me:wrong-hunter2@127.0.0.1:${proxy.port}`);
    const error = await client
      .configured([url])
      .call({ ...LIMITS, url })
      .then(
        () => new Error('it was answered'),
        (error: unknown) => error as Error,
      );
    assert.match(error.message, /Proxy response \(407\)/);
    assert.ok(!JSON.stringify([error, error.message, error.stack]).includes('hunter2'));
  });

  it('are known not to have been sent when the proxy refuses or is not reachable', async () => {
    for (const uri of [proxy.url, 'http://127.0.0.1:9']) {
      proxy.refuses = 403;
      open({}, uri);
      await assert.rejects(
        bankAt().call({ method: 'POST', path: '/refund', body: '{}', repeatable: false }, () => null),
        (error) => error instanceof ProviderError && !error.mayHaveTakenEffect,
        uri,
      );
      await client.close();
    }
    assert.deepEqual(seen, []);
  });

  it('are for configured addresses: a callback uses no proxy, except with SBP_CALLBACK_PROXY', async () => {
    open({ development: true });
    assert.match(await refusal(client.call({ ...LIMITS, url: 'http://shop.example/' })), /no name here/);
    assert.deepEqual(proxy.tunnels, []);
    await client.close();
    open({ development: true, proxyForAll: true });
    assert.equal(await refusal(client.call({ ...LIMITS, url: 'http://shop.example/' })), 'answered');
    assert.deepEqual(proxy.tunnels, ['shop.example:80']);
  });

  it('never reach a literal private address, through any proxy', async () => {
    open({ proxyForAll: true });
    for (const host of ['10.0.0.1', '127.0.0.1', '[::1]', '169.254.169.254', '2130706433'])
      assert.match(
        await refusal(client.call({ ...LIMITS, url: `https://${host}/` })),
        /ForbiddenAddress/,
        host,
      );
    assert.deepEqual(proxy.tunnels, []);
  });

  it('follow no redirect', async () => {
    open({ development: true });
    const url = 'http://shop.example/moved';
    assert.equal((await client.configured([url]).call({ ...LIMITS, url })).status, 302);
    assert.deepEqual(proxy.tunnels, ['shop.example:80']);
  });
});
