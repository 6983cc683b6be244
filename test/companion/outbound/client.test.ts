import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OutboundClient } from '../../../src/companion/outbound/client.ts';
import {
  AddressGuard,
  ForbiddenAddress,
  type Resolve,
} from '../../../src/companion/outbound/address-guard.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { Pace } from '../../support/pace.ts';
import { until } from '../../support/until.ts';

/** A resolver that returns these results one after the other, then repeats the last one. */
function resolving(...answers: readonly (readonly string[])[]): Resolve & { asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (host, _options, done) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(host);
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked });
}

const LIMITS = { method: 'GET', timeoutMs: 2000, maxBytes: 1000 } as const;

/** undici may wrap the error of a lookup: the reason is somewhere in the chain. */
function reasons(error: unknown): string {
  const list: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) list.push(`${at.name}: ${at.message}`);
  return list.join(' ← ');
}

async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'answered', reasons);
}

describe('OutboundClient', () => {
  let server: Server;
  let port = 0;
  const seen: string[] = [];
  const routes: Record<string, RequestListener> = {
    '/ok': (_request, response) => response.setHeader('connection', 'close').end('fine'),
    '/redirect': (_request, response) => response.writeHead(307, { location: '/inside' }).end(),
    '/huge': (_request, response) => {
      const pump = setInterval(() => response.write('x'.repeat(400)), 5);
      response.on('close', () => {
        clearInterval(pump);
        seen.push('huge: hung up');
      });
    },
    '/slow-body': (_request, response) => void response.writeHead(200).write('begun'),
    '/silent': () => undefined,
    '/cut': (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    },
  };

  before(async () => {
    server = createServer((request, response) => {
      seen.push(request.url!);
      (routes[request.url!] ?? ((_, reply) => reply.end('inside')))(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function withClient(
    options: ConstructorParameters<typeof OutboundClient>[0],
    use: (client: OutboundClient) => Promise<void>,
  ): Promise<void> {
    const client = new OutboundClient(options);
    seen.length = 0;
    try {
      await use(client);
    } finally {
      await client.close();
    }
  }

  it('calls no local or reserved address outside development, in any spelling', async () => {
    await withClient({ development: false }, async (client) => {
      for (const host of [
        `127.0.0.1:${port}`,
        `localhost:${port}`,
        `[::1]:${port}`,
        '[::ffff:127.0.0.1]',
        '2130706433',
        '10.0.0.1',
        '100.64.0.1',
        '169.254.169.254',
        '224.0.0.1',
        '[64:ff9b::7f00:1]',
      ]) {
        const answer = await refusal(client.call({ ...LIMITS, url: `https://${host}/ok` }));
        assert.match(answer, /^ForbiddenAddress/, host);
      }
      assert.deepEqual(seen, []);
    });
  });

  it('calls only https outside development, and only http(s) anywhere', async () => {
    await withClient({ development: false }, async (client) => {
      for (const url of [
        'http://shop.example/',
        'ftp://shop.example/',
        'nonsense',
        'https://u:p@shop.example/',
      ])
        assert.match(await refusal(client.call({ ...LIMITS, url })), /^ForbiddenAddress/, url);
    });
    await withClient({ development: true }, async (client) => {
      for (const url of ['file:///etc/passwd', 'data:,x'])
        assert.match(await refusal(client.call({ ...LIMITS, url })), /^ForbiddenAddress/, url);
    });
  });

  it('checks all addresses that a name resolves to', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['::1'],
      ['10.1.2.3'],
      ['::ffff:127.0.0.1'],
      ['64:ff9b::7f00:1'],
      ['169.254.169.254'],
      ['8.8.8.8', '192.168.0.1'],
      [],
    ]) {
      await withClient({ development: false, resolve: resolving(addresses) }, async (client) => {
        const answer = await refusal(client.call({ ...LIMITS, url: `https://shop.example:${port}/ok` }));
        assert.match(answer, /ForbiddenAddress: the name leads/, String(addresses));
        for (const address of addresses) assert.ok(!answer.includes(address), 'it tells what it resolved');
        assert.deepEqual(seen, []);
      });
    }
  });

  it('connects to the addresses it checked, with one lookup a connection', async () => {
    const resolve = resolving(['127.0.0.1']);
    await withClient({ development: true, resolve }, async (client) => {
      const answer = await client.call({ ...LIMITS, url: `http://shop.example:${port}/ok` });
      assert.equal(answer.body?.toString(), 'fine');
      assert.equal(resolve.asked.length, 1, 'none between judging and connecting');
      assert.deepEqual(seen, ['/ok']);
    });
  });

  it('checks a name again at each connection, so that a rebound name is refused', async () => {
    const guard = new AddressGuard({ development: false, resolve: resolving(['8.8.8.8'], ['127.0.0.1']) });
    const lookUp = () =>
      new Promise<unknown>((resolve) =>
        guard.lookup('shop.example', { all: true }, (error, found) => resolve(error ?? found)),
      );
    assert.deepEqual(await lookUp(), [{ address: '8.8.8.8', family: 4 }]);
    assert.ok((await lookUp()) instanceof ForbiddenAddress);
  });

  it('follows no redirect', async () => {
    await withClient({ development: true }, async (client) => {
      const { status } = await client.call({ ...LIMITS, url: `http://127.0.0.1:${port}/redirect` });
      assert.equal(status, 307);
      assert.deepEqual(seen, ['/redirect']);
    });
  });

  it('reaches this machine in development', async () => {
    await withClient({ development: true }, async (client) => {
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
        assert.equal((await client.call({ ...LIMITS, url: `http://${host}/ok` })).status, 200, host);
      }
    });
  });

  it('reads at most maxBytes, and closes the connection', async () => {
    await withClient({ development: true }, async (client) => {
      const answer = await client.call({ ...LIMITS, url: `http://127.0.0.1:${port}/huge` });
      assert.deepEqual({ status: answer.status, body: answer.body }, { status: 200, body: null });
      await until(() => seen.includes('huge: hung up'), 'the end of the connection');
    });
  });

  it('rejects at its timeout, also in the middle of a body, and rejects a truncated response', async () => {
    await withClient({ development: true }, async (client) => {
      for (const path of ['/silent', '/slow-body']) {
        const pace = Pace.start();
        const begun = Date.now();
        const url = `http://127.0.0.1:${port}${path}`;
        assert.match(await refusal(client.call({ ...LIMITS, url, timeoutMs: 200 })), /TimeoutError/, path);
        assert.ok(Date.now() - begun < pace.stretch(1_500), path);
      }
      assert.notEqual(
        await refusal(client.call({ ...LIMITS, url: `http://127.0.0.1:${port}/cut` })),
        'answered',
      );
    });
  });

  it('uses no proxy, whatever the environment contains', () => {
    const client = join(import.meta.dirname, '../../../src/companion/outbound/client.ts');
    const script = `
      const { OutboundClient } = await import(${JSON.stringify(client)});
      const answer = await new OutboundClient({ development: true }).call(${JSON.stringify({ ...LIMITS, url: 'http://127.0.0.1:9/' })})
        .catch((error) => error);
      console.log(String(answer.code ?? answer.cause?.code));
      process.exit();`;
    const proxy = `http://127.0.0.1:${port}`;
    seen.length = 0;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy },
      timeout: PATIENCE_MS,
    });
    assert.equal(stdout.trim(), 'ECONNREFUSED');
    assert.deepEqual(seen, []);
  });
});
