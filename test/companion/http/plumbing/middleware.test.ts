import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import type { Companion } from '../../../../src/companion/index.ts';
import { newId } from '../../../../src/companion/lib/ids.ts';
import { PaymentTokens } from '../../../../src/companion/payments/model/tokens.ts';
import { apiClient } from '../../../support/companion.ts';
import { mountable, serve } from '../../../support/mounted.ts';
import { ENCODINGS } from '../../../support/token-encodings.ts';

type Handler = (
  request: Seen,
  response: ServerResponse & { json(value: unknown): void },
  next: () => void,
) => void;
type Seen = IncomingMessage & { readonly body?: unknown; readonly originalUrl: string };
interface ExpressApp extends RequestListener {
  use(...handlers: (string | Handler | Companion['handler'])[]): void;
}
interface Express {
  (): ExpressApp;
  readonly json: () => Handler;
}

/** Imports Express without its types: two versions of one package are installed, one under another name. */
const express = async (name: string): Promise<Express> =>
  ((await import(name)) as { default: Express }).default;

/** The request as the shop's own handler has received it. */
interface Echo {
  readonly shop: true;
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  readonly body?: unknown;
}

const echo: Handler = ({ method, url, originalUrl, body }, response) =>
  response.json({ shop: true, method, url, originalUrl, body });

async function shopWith(
  t: TestContext,
  name: string,
  mount: (app: ExpressApp, companion: Companion, express: Express) => void,
  env: (port: number) => Record<string, string> = () => ({}),
): Promise<string> {
  const { companion, port } = await mountable(t, env);
  const make = await express(name);
  const app = make();
  mount(app, companion, make);
  app.use(make.json());
  app.use(echo);
  await serve(t, port, app);
  return `http://127.0.0.1:${port}`;
}

/** Sends a request with exactly this path. `fetch` would normalize the address. */
async function ask(
  origin: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const request = httpRequest(origin, { method, path, headers }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

async function shopSees(origin: string, method: string, path: string, body?: string): Promise<Echo> {
  const { status, text } = await ask(origin, method, path, body);
  assert.equal(status, 200, `${method} ${path}: ${text}`);
  return JSON.parse(text) as Echo;
}

const codeOf = ({ text }: { text: string }): unknown => (JSON.parse(text) as { code?: unknown }).code;

/** Returns a JWT that is signed with HS256, as sign-in services make them. */
function jwt(claims: object): string {
  const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createHmac('sha256', 'theirs').update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}

for (const name of ['express', 'express4']) {
  describe(`the companion first in ${name}`, () => {
    const first = (app: ExpressApp, companion: Companion): void => app.use(companion.handler);

    it('takes payments, and shows its pages', async (t) => {
      const origin = await shopWith(t, name, first);
      const client = apiClient(origin);
      const { payment_id, token } = await client.createPayment();
      assert.equal((await client.sandbox(payment_id, 'pay')).status, 200);
      const snapshot = (await (await client.checkout('/session', token)).json()) as { status: string };
      assert.equal(snapshot.status, 'paid');
      assert.match((await ask(origin, 'GET', '/pay')).text, /pay\.js/);
    });

    it('leaves the shop what is the shop’s, untouched', async (t) => {
      const origin = await shopWith(t, name, first);
      for (const [method, path] of [
        ['GET', '/'],
        ['GET', '/?from=mail'],
        ['GET', '/start.css'],
        ['GET', '/favicon.ico'],
        ['GET', '/favicon.ico?v=2'],
        ['GET', '/cart?item=1&item=2'],
        ['GET', '/caf%E9'],
        ['GET', `/${'long'.repeat(100)}`],
        ['GET', '/payments'],
        ['GET', '/pay/later'],
        ['GET', '/webhooks'],
        ['OPTIONS', '/cart'],
        ['PROPFIND', '/files'],
        ['DELETE', '/cart/1'],
      ] as const) {
        const seen = await shopSees(origin, method, path);
        assert.deepEqual([seen.method, seen.url], [method, path]);
      }
      assert.deepEqual(await ask(origin, 'HEAD', '/cart'), { status: 200, text: '' });
    });

    it('leaves the shop its bodies, and webhooks of its own', async (t) => {
      const origin = await shopWith(t, name, first);
      for (const path of ['/orders', '/webhooks/sbp', '/webhooks/crm', '/webhooks/sandbox/more']) {
        const body = { some: 'order' };
        const { url, body: seen } = await shopSees(origin, 'POST', path, JSON.stringify(body));
        assert.deepEqual([url, seen], [path, body]);
      }
      assert.equal(codeOf(await ask(origin, 'POST', '/webhooks/freepayment', '{}')), 'unknown_provider');
    });

    it('answers itself below its APIs: an unknown address is a mistake in a call to it', async (t) => {
      const origin = await shopWith(t, name, first);
      for (const path of ['/api/sbp/v1/payment', '/checkout/v1/nowhere', '/api/sbp/v1']) {
        const answer = await ask(origin, 'GET', path);
        assert.deepEqual([answer.status, codeOf(answer)], [404, 'not_found'], path);
      }
      assert.equal((await ask(origin, 'OPTIONS', '/checkout/v1/session')).status, 204);
    });

    it('leaves the shop its addresses with keys and hashes of the shop’s own', async (t) => {
      const origin = await shopWith(t, name, first);
      const keys = {
        'an id token': jwt({ sub: 'payer-1', email: 'a@example.ru' }),
        'a hashed file': `app.${createHash('sha256').update('app').digest('hex')}.js`,
        'a base64url hash': `app.${createHash('sha256').update('app').digest('base64url')}`,
        'a host and a long name': `shop.${'long-name'.repeat(6)}`,
        'a token that was signed elsewhere': new PaymentTokens(['other']).issue(newId('pay')),
      };
      for (const [kind, key] of Object.entries(keys)) {
        for (const path of [
          `/reset/${key}`,
          `/auth/callback?id_token=${key}&state=1`,
          `/x?u=${key.replace('.', '%2E')}`,
          `/pay/${key}`,
        ])
          assert.equal((await shopSees(origin, 'GET', path)).url, path, kind);
      }
    });

    it('keeps real tokens in damaged links: the host’s log gets none, however it is encoded', async (t) => {
      const origin = await shopWith(t, name, first);
      const { token } = await apiClient(origin).createPayment();
      assert.match((await ask(origin, 'GET', '/pay/')).text, /pay\.js/);
      for (const form of ENCODINGS) {
        const sent = form(token);
        for (const path of [
          `/pay%23${sent}`,
          `/pay%2523${sent}`,
          `/pay/${sent}`,
          `/${sent}%E9`,
          `/thanks?from=sms&t=${sent}`,
          `/thanks?a=${new PaymentTokens(['other']).issue(newId('pay'))}&t=${sent}&b=1`,
        ]) {
          const { text } = await ask(origin, 'GET', path);
          assert.doesNotMatch(text, /"shop":true/, path.replace(sent, `<${form.name}>`));
          assert.equal(text.includes(token) || text.includes(sent), false, path.replace(sent, '<token>'));
        }
      }
    });

    it('behind a body parser says so for its own calls, and lets the shop’s pass', async (t) => {
      const origin = await shopWith(t, name, (app, companion, { json }) =>
        app.use(json(), companion.handler),
      );
      const own = await ask(origin, 'POST', '/webhooks/sandbox', '{"a":1}');
      assert.deepEqual([own.status, codeOf(own)], [500, 'body_already_parsed']);
      assert.deepEqual((await shopSees(origin, 'POST', '/orders', '{"a":1}')).body, { a: 1 });
    });

    it('below a path has its start page there, and hands back the rest as it came', async (t) => {
      const below = (port: number) => ({ SBP_PUBLIC_URL: `http://127.0.0.1:${port}/pay-api` });
      for (const path of ['/pay-api', null]) {
        const origin = await shopWith(
          t,
          name,
          (app, { handler }) => (path === null ? app.use(handler) : app.use(path, handler)),
          below,
        );
        assert.match((await ask(origin, 'GET', '/pay-api/')).text, /sbp-checkout/);
        assert.match((await ask(origin, 'GET', '/pay-api/pay')).text, /pay\.js/);
        assert.equal((await apiClient(`${origin}/pay-api`).api('/payments')).status, 200);
        assert.match((await ask(origin, 'GET', '/pay-api/favicon.ico')).text, /<svg/);
        for (const url of ['/favicon.ico', '/pay-api/nowhere?x=1', '/', '/pay-api-2/pay']) {
          const seen = await shopSees(origin, 'GET', url);
          assert.deepEqual([seen.url, seen.originalUrl], [url, url]);
        }
      }
    });
  });
}

describe('the companion without a host', () => {
  it('answers everything itself', async (t) => {
    const { companion, port } = await mountable(t);
    await serve(t, port, companion.handler);
    const origin = `http://127.0.0.1:${port}`;
    assert.equal((await ask(origin, 'GET', '/')).status, 200);
    assert.equal(codeOf(await ask(origin, 'GET', '/cart')), 'not_found');
    assert.equal((await ask(origin, 'GET', '/caf%E9')).status, 400);
  });
});
