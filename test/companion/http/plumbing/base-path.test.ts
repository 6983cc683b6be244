import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { basePathRemover } from '../../../../src/companion/http/plumbing/base-path.ts';
import { apiClient, freePort, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { PathProxy } from '../../../support/path-proxy.ts';

const PATH = '/pay-api';

/** The ways in which shops serve a companion below a path. */
const SETUPS: Readonly<Record<string, (t: TestContext) => Promise<string>>> = {
  'a proxy that takes the path off': (t) => behindProxy(t, PATH, true),
  'a proxy that leaves the path on': (t) => behindProxy(t, PATH, false),
  'a proxy with a path like our own addresses': (t) => behindProxy(t, '/api', true),

  async 'express’ app.use(path, handler)'(t) {
    const port = await freePort();
    const { companion } = await mounted(t, `http://127.0.0.1:${port}${PATH}`);
    const shop = createServer((request, response) => {
      if (!request.url!.startsWith(`${PATH}/`)) {
        response.writeHead(404).end();
        return;
      }
      // Express does the same before it calls a mounted handler.
      Object.assign(request, { originalUrl: request.url, baseUrl: PATH });
      request.url = request.url!.slice(PATH.length);
      companion.handler(request, response);
    });
    await new Promise<void>((resolve) => shop.listen(port, '127.0.0.1', resolve));
    t.after(() => new Promise((resolve) => shop.close(resolve)));
    return `http://127.0.0.1:${(shop.address() as AddressInfo).port}${PATH}`;
  },

  async 'fastify’s prefix'(t) {
    const port = await freePort();
    const { companion } = await mounted(t, `http://127.0.0.1:${port}${PATH}`);
    const shop = Fastify();
    await shop.register(companion.plugin, { prefix: PATH });
    await shop.listen({ port, host: '127.0.0.1' });
    t.after(() => shop.close());
    return `http://127.0.0.1:${port}${PATH}`;
  },
};

async function mounted(t: TestContext, publicUrl: string): Promise<TestCompanion> {
  const shop = await startCompanion({ SBP_PUBLIC_URL: publicUrl });
  t.after(() => shop.stop());
  return shop;
}

async function behindProxy(t: TestContext, path: string, strips: boolean): Promise<string> {
  let target = '';
  const proxy = await PathProxy.start(path, () => target, strips);
  t.after(() => proxy.stop());
  target = (await mounted(t, proxy.url)).url;
  return proxy.url;
}

/** Returns the addresses of the page's files, resolved as in a browser. */
async function filesOf(page: Response): Promise<URL[]> {
  const html = await page.text();
  return [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+)"/g)].map(
    ([, at]) => new URL(at!, page.url),
  );
}

async function assertFiles(address: string): Promise<void> {
  const page = await fetch(address);
  assert.ok([200, 404].includes(page.status), address);
  const files = await filesOf(page);
  assert.ok(files.length > 0, address);
  for (const file of files) {
    // Scripts exist only after a build. A test below checks the addresses of the scripts.
    const found = file.pathname.endsWith('.js') ? 200 : (await fetch(file)).status;
    assert.equal(found, 200, `${file.href} of ${address}`);
  }
}

describe('SBP_PUBLIC_URL with a path', () => {
  for (const [name, setUp] of Object.entries(SETUPS)) {
    it(`works behind ${name}`, async (t) => {
      const base = await setUp(t);
      const client = apiClient(base);
      const payment = await client.createPayment();
      assert.equal(payment.payment_url, `${base}/pay#${payment.token}`);
      assert.equal(payment.qr_payload.startsWith(`${base}/sandbox/bank/`), true);
      assert.equal((await client.checkout('/session', payment.token)).status, 200);

      await assertFiles(payment.payment_url);
      await assertFiles(`${base}/docs`);
      await assertFiles(payment.qr_payload);
      const hosted = await filesOf(await fetch(`${base}/pay`));
      assert.ok(hosted.some(({ href }) => href === `${base}/pay.js`));
      const { servers } = (await (await fetch(`${base}/openapi.json`)).json()) as { servers: unknown };
      assert.deepEqual(servers, [{ url: base }]);

      // The form of the bank's page posts to the page's own address, and redirects back to it.
      const page = await fetch(payment.qr_payload);
      const action = /<form method="post" action="([^"]+)"/.exec(await page.text())![1]!;
      const form = { method: 'POST', body: new URLSearchParams({ action: 'pay' }) };
      const paid = await fetch(new URL(action, page.url), form);
      assert.deepEqual([paid.status, paid.url], [200, `${payment.qr_payload}?done=1`]);
      const found = (await (await client.api(`/payments/${payment.payment_id}`)).json()) as {
        status: string;
      };
      assert.equal(found.status, 'paid');
    });
  }
});

describe('the base path', () => {
  it('is taken off where it stands, and nowhere else', () => {
    const remove = basePathRemover('https://shop.example/pay-api')!;
    for (const [url, rest] of [
      ['/pay-api/pay?x=1', '/pay?x=1'],
      ['/pay-api', '/'],
      ['/pay-api?x', '/?x'],
      ['/pay-api/', '/'],
      ['/pay', '/pay'],
      ['/pay-apiary', '/pay-apiary'],
      ['/', '/'],
    ]) {
      assert.equal(remove(url!), rest, url);
    }
  });

  it('is not taken for the beginning of our own addresses', () => {
    for (const path of ['', '/', '/api', '/api/sbp', '/api/sbp/v1', '/checkout', '/pay', '/webhooks']) {
      assert.equal(basePathRemover(`https://shop.example${path}`), null, path);
    }
  });
});

describe('the hosted page in a server that', () => {
  for (const [name, options] of [
    ['tells a slash at the end from none', {}],
    ['takes no notice of a slash at the end', { routerOptions: { ignoreTrailingSlash: true } }],
  ] as const) {
    it(`${name} is there with and without it, and leaves the server its own picture`, async (t) => {
      const { companion } = await mounted(t, 'http://127.0.0.1:9/pay-api');
      const shop = Fastify(options);
      t.after(() => shop.close());
      shop.get('/favicon.ico', () => 'the shop’s');
      shop.get('/payments', () => 'the shop’s');
      await shop.register(companion.plugin);
      for (const path of ['/pay', '/pay/']) {
        const { statusCode, body } = await shop.inject(path);
        assert.equal(statusCode, 200, path);
        assert.match(body, /pay\.legacy\.js/);
      }
      for (const path of ['/favicon.ico', '/payments'])
        assert.equal((await shop.inject(path)).body, 'the shop’s');
      assert.equal((await shop.inject('/payx')).statusCode, 404);
    });
  }
});
