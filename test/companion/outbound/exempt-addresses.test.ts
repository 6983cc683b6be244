import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { after, afterEach, before, describe, it } from 'node:test';
import { createBankDirectory } from '../../../src/companion/banks/directory.ts';
import { loadConfig, ConfigError } from '../../../src/companion/config.ts';
import { OutboundClient, type OutboundOptions } from '../../../src/companion/outbound/client.ts';

const LIMITS = { method: 'GET', timeoutMs: 10_000, maxBytes: 10_000 } as const;
const resolvingTo =
  (...addresses: string[]): NonNullable<OutboundOptions['resolve']> =>
  (_host, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

/** Outside development: only addresses that the operator has configured may be inside our own network. */
describe('addresses from the configuration', () => {
  let server: Server;
  let port: number;
  let client: OutboundClient;
  const seen: string[] = [];
  before(async () => {
    server = createServer((request, response) => {
      seen.push(request.url!);
      if (request.url === '/moved.json')
        response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` });
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    await client.close();
    seen.length = 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const open = (options: Partial<OutboundOptions> = {}) =>
    (client = new OutboundClient({ development: false, resolve: resolvingTo('127.0.0.1'), ...options }));
  const outcome = (url: string, by = client) =>
    by.call({ ...LIMITS, url }).then(
      ({ status }) => String(status),
      (error: unknown) => String(error),
    );

  it('are called by their origin, and no other origin of the same host or name', async () => {
    open();
    const configured = client.configured([`http://bank.internal:${port}/api`]);
    assert.equal(await outcome(`http://bank.internal:${port}/api/status`, configured), '200');
    for (const url of [
      `https://bank.internal:${port}/`,
      `https://bank.internal:${port + 1}/`,
      `http://other.internal:${port}/`,
      `https://127.0.0.1:${port}/`,
    ])
      assert.match(await outcome(url, configured), /ForbiddenAddress/, url);
    assert.match(await outcome(`http://bank.internal:${port}/`), /ForbiddenAddress/, 'others are not exempt');
    assert.deepEqual(seen, ['/api/status']);
  });

  it('include exactly SBP_CALLBACK_HOSTS, by plain http as well', async () => {
    open({ allowedHosts: ['shop.internal', `Pinned.Internal:${port}`, '127.0.0.1'] });
    for (const host of ['shop.internal', 'SHOP.internal', 'pinned.internal', '127.0.0.1'])
      assert.equal(await outcome(`http://${host}:${port}/hook`), '200', host);
    for (const host of [
      `evil.shop.internal:${port}`,
      `shop.internal.evil.example:${port}`,
      `pinned.internal:${port + 1}`,
      `other.internal:${port}`,
      `localhost:${port}`,
      `127.0.0.2:${port}`,
    ]) {
      assert.match(await outcome(`http://${host}/hook`), /ForbiddenAddress/, host);
      assert.match(await outcome(`https://${host}/hook`), /ForbiddenAddress/, host);
    }
    assert.equal(seen.length, 4);
  });

  it('are checked at each connection: a link-local address is refused, also in development', async () => {
    for (const address of [
      '169.254.169.254',
      'fe80::1',
      'fd00:ec2::254',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      '100.100.100.200',
    ])
      for (const development of [false, true]) {
        open({ development, allowedHosts: ['shop.internal'], resolve: resolvingTo('127.0.0.1', address) });
        const url = `http://shop.internal:${port}/hook`;
        assert.match(await outcome(url), /ForbiddenAddress/, address);
        assert.match(await outcome(url, client.configured([url])), /ForbiddenAddress/, address);
        await client.close();
      }
    assert.deepEqual(seen, []);
  });

  it('include neither the redirect target of a bank list nor its logos on other hosts', async () => {
    open({ resolve: resolvingTo('127.0.0.1') });
    const warnings: object[] = [];
    const directory = createBankDirectory({
      source: { kind: 'file', url: `http://list.internal:${port}/moved.json`, apiKey: null, logoOrigins: [] },
      outbound: client,
      log: { info: () => undefined, warn: (details) => warnings.push(details) },
    });
    await directory.settled();
    directory.close();
    assert.deepEqual(seen, ['/moved.json']);
    assert.match(JSON.stringify(warnings), /must be an https address|private, local or reserved/);
  });
});

describe('the settings of outgoing calls', () => {
  const SHOP = {
    SBP_API_KEY: 'k'.repeat(32),
    SBP_TOKEN_SECRET: 't'.repeat(32),
    SBP_WEBHOOK_SECRET: 'w'.repeat(32),
    SBP_PUBLIC_URL: 'https://pay.example.ru',
    SBP_METHODS: 'sbp=sbp-api',
    SBP_SBP_API_URL: 'https://10.1.2.3',
    SBP_SBP_API_TOKEN: 'upstream-key-123',
    SBP_SBP_API_WEBHOOK_SECRET: 's'.repeat(32),
  };
  const load = (env: Record<string, string> = {}) => loadConfig({ ...SHOP, ...env }, tmpdir());
  const mistakes = (env: Record<string, string>) => {
    try {
      load(env);
      return '';
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.mistakes.join('\n');
    }
  };

  it('allow a provider, a bank list and a confirmation inside our own network', () => {
    const inside = {
      SBP_CONFIRM_URL: 'https://192.168.0.7/ok',
      SBP_BANKS_URL: 'https://10.0.0.9/banks.json',
    };
    assert.equal(load(inside).sbpApi?.baseUrl, 'https://10.1.2.3/api/sbp/v1');
    assert.equal(load({ SBP_PUBLIC_URL: 'https://10.0.0.5' }).publicUrl, 'https://10.0.0.5');
  });

  it('require https, no credentials, and nothing link-local', () => {
    assert.match(
      mistakes({ SBP_SBP_API_URL: 'http://10.1.2.3' }),
      /SBP_SBP_API_URL must be an https address/,
    );
    assert.match(mistakes({ SBP_SBP_API_URL: 'https://u:p@10.1.2.3' }), /must not contain credentials/);
    assert.match(mistakes({ SBP_SBP_API_URL: 'https://169.254.169.254' }), /link-local/);
    assert.match(mistakes({ SBP_CONFIRM_URL: 'https://[fe80::1]/' }), /SBP_CONFIRM_URL .*link-local/);
    assert.match(
      mistakes({ SBP_PUBLIC_URL: 'https://localhost' }),
      /SBP_PUBLIC_URL must not lead to this machine/,
    );
  });

  it('name each entry of SBP_CALLBACK_HOSTS that is not a host', () => {
    for (const entry of [
      '*.internal',
      'http://shop.internal',
      'shop.internal/hook',
      '10.0.0.0/8',
      'a:b',
      'a@b',
    ])
      assert.match(
        mistakes({ SBP_CALLBACK_HOSTS: `ok.internal,${entry}` }),
        /SBP_CALLBACK_HOSTS: ".*" is no host/,
        entry,
      );
    assert.match(mistakes({ SBP_CALLBACK_HOSTS: '169.254.169.254' }), /link-local/);
    const { callbackHosts } = load({ SBP_CALLBACK_HOSTS: 'shop.internal, crm.internal:8080,[fd00::1]:80' });
    assert.deepEqual(callbackHosts, ['shop.internal', 'crm.internal:8080', '[fd00::1]:80']);
  });

  it('require a proxy for SBP_CALLBACK_PROXY', () => {
    assert.match(mistakes({ SBP_CALLBACK_PROXY: 'on' }), /SBP_CALLBACK_PROXY=on needs a proxy/);
    assert.equal(load({ SBP_CALLBACK_PROXY: 'on', https_proxy: 'proxy.internal:3128' }).callbackProxy, true);
    const { proxies } = load({ HTTPS_PROXY: 'http://p.internal:1', NO_PROXY: '.internal,10.0.0.0/8' });
    assert.deepEqual(proxies, {
      https: 'http://p.internal:1/',
      http: null,
      exceptions: ['.internal', '10.0.0.0/8'],
    });
  });
});
