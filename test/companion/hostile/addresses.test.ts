import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { documentedOperations } from '../../support/api-doc.ts';
import { API_KEY } from '../../support/companion.ts';
import { changedRows, dumpDatabase } from '../../support/database-dump.ts';
import { asResponse, pipeline } from '../../support/raw-client.ts';
import { refusalOf } from '../../support/refusal.ts';
import { ApiFixture } from '../../support/api-fixture.ts';

let stage: ApiFixture;
let stored: string[];
before(async () => {
  stage = await ApiFixture.start();
  stored = dumpDatabase(stage.shop.databaseFile);
});
after(() => stage.stop());

const nothingChanged = (what: string) =>
  assert.deepEqual(changedRows(stored, dumpDatabase(stage.shop.databaseFile)), [], what);

const credential = (path: string) => (path.startsWith('/checkout/') ? stage.open.token : API_KEY);

function call(method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Bearer ${credential(path)}`;
  return fetch(stage.shop.url + path, { method, headers: { authorization, ...headers } });
}

async function raw(head: string): Promise<Response> {
  const [answer] = await pipeline(Number(new URL(stage.shop.url).port), [{ head, body: Buffer.alloc(0) }]);
  assert.ok(answer, `${head} got no answer`);
  return asResponse(answer);
}

/** Load balancers send HEAD to these addresses, since they need only the status. */
const ASKED_BY_HEAD = ['/healthz', '/readyz'];

/** Returns each address of the API reference with its methods. */
function routes(): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of documentedOperations) {
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  return methods;
}

describe('a method that an address does not have', () => {
  it('is answered 404 by each of them, and changes nothing', async () => {
    for (const [path, has] of routes()) {
      const address = stage.address(`any ${path}`);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
        if (has.includes(method)) continue;
        const response = await call(method, address);
        if (method === 'OPTIONS' && path.startsWith('/checkout/')) {
          // This is a preflight request, which browsers send before a call.
          assert.deepEqual([response.status, response.headers.get('cache-control')], [204, 'no-store'], path);
          continue;
        }
        const problem = await refusalOf(response, `${method} ${path}`);
        assert.deepEqual([problem.status, problem.code], [404, 'not_found'], `${method} ${path}`);
        assert.ok(problem.detail.includes(method) && problem.detail.includes(address), problem.detail);
      }
      const head = await call('HEAD', address);
      assert.deepEqual(
        [head.status, await head.text()],
        [ASKED_BY_HEAD.includes(path) ? 200 : 404, ''],
        `HEAD ${path}`,
      );
      assert.ok(head.headers.get('x-request-id'), `HEAD ${path}`);
    }
    nothingChanged('another method');
  });
});

describe('an address beside the right one', () => {
  it('is not taken for it, and changes nothing', async () => {
    const id = stage.open.payment_id;
    for (const path of [
      '/api/sbp/v1/payments/',
      '/api/sbp/v1/Payments',
      '/API/sbp/v1/payments',
      '/api/sbp/v1//payments',
      '/api/sbp/payments',
      `/api/sbp/v1/payments/${id}/`,
      `/api/sbp/v1/payments/${id}/cancel/`,
      `/api/sbp/v1/payments/${id}/cancel/x`,
      `/api/sbp/v1/payments/${id}/%63ancel/`,
      `/api/sbp/v1/payments//cancel`,
      `/api/sbp/v1/payments/${id}%2Fcancel`,
      `/api/sbp/v1/payments/${id};x=1/cancel`,
      `/api/sbp/v1/payments/${id}%00/cancel`,
      `/api/sbp/v1/payments/${id}%20/cancel`,
      `/api/sbp/v1/payments/..%2f..%2fpayments/cancel`,
      `/api/sbp/v1/payments/${id.toUpperCase()}/cancel`,
      `/api/sbp/v1/qrs//close`,
      `/api/sbp/v1/qrs/null/close`,
      `/api/sbp/v1/qrs/%00/close`,
      `/api/sbp/v1/deliveries//redeliver`,
      '/checkout/v1/session/',
      '/checkout/v1/session/cancel/',
      '/checkout/v1/SESSION/cancel',
      '/checkout/session/cancel',
    ]) {
      // prettier-ignore
      for (const method of ['GET', 'POST']) {
        const problem = await refusalOf(await call(method, path), `${method} ${path}`);
        assert.equal(problem.status, 404, `${method} ${path}`);
      }
    }
    nothingChanged('another address');
  });

  it('is found when it is only spelt otherwise', async () => {
    const id = stage.open.payment_id;
    const inHex = id.replace(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`);
    for (const spelt of [id.replace('_', '%5F'), inHex, inHex.toUpperCase()]) {
      const response = await call('GET', `/api/sbp/v1/payments/${spelt}`);
      assert.equal(response.status, 200, spelt);
      assert.equal(((await response.json()) as { payment_id: string }).payment_id, id);
    }
    nothingChanged('a look');
  });

  it('is refused with what is wrong with it, without being told back at length', async () => {
    const endless = 'x'.repeat(10_000);
    for (const [method, path, status, code] of [
      ['GET', '/api/sbp/v1/payments/%', 400, 'malformed_request'],
      ['GET', '/api/sbp/v1/payments/%ff', 400, 'malformed_request'],
      ['POST', '/api/sbp/v1/payments/%E0%A4%A/cancel', 400, 'malformed_request'],
      ['GET', `/api/sbp/v1/payments/${endless}`, 414, 'address_too_long'],
      ['POST', `/api/sbp/v1/payments/${endless}/cancel`, 414, 'address_too_long'],
      ['POST', `/api/sbp/v1/qrs/${endless}/close`, 414, 'address_too_long'],
      ['POST', `/api/sbp/v1/deliveries/${endless}/redeliver`, 414, 'address_too_long'],
      ['GET', `/checkout/v1/banks/${endless}/logo`, 414, 'address_too_long'],
      ['GET', `/${endless}`, 404, 'not_found'],
    ] as const) {
      const shown = `${method} ${path.slice(0, 60)}`;
      const response = await raw(`${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`);
      const problem = await refusalOf(response, shown);
      assert.deepEqual([problem.status, problem.code], [status, code], shown);
    }
    nothingChanged('a broken address');
  });
});

describe('a request at the edge of HTTP', () => {
  const bearer = `authorization: Bearer ${API_KEY}\r\n`;
  const create = `POST /api/sbp/v1/payments HTTP/1.1\r\n${bearer}content-type: application/json\r\n`;

  it('is refused with a problem when it is none', async () => {
    for (const [what, head] of [
      ['no Host', `GET /healthz HTTP/1.1\r\n\r\n`],
      ['no Host on a call', `GET /api/sbp/v1/payments HTTP/1.1\r\n${bearer}\r\n`],
      ['two lengths', `${create}host: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n`],
      [
        'a length and chunks',
        `${create}host: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ['a negative length', `${create}host: x\r\ncontent-length: -1\r\n\r\n`],
      ['a line break in a header', `GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: b\rc\r\n\r\n`],
      ['another protocol', 'HELO x\r\n\r\n'],
    ] as const) {
      const response = await raw(head);
      const problem = JSON.parse(await response.text()) as { status: number; code: string };
      assert.equal(response.headers.get('content-type'), 'application/problem+json', what);
      assert.equal(response.headers.get('cache-control'), 'no-store', what);
      assert.deepEqual([response.status, problem.code], [400, 'malformed_request'], what);
      // Only a valid HTTP request has a request id, so only "no Host" has the header.
      assert.equal(response.headers.has('x-request-id'), what.startsWith('no Host'), what);
    }
    nothingChanged('no request');
  });

  it('is served when it is one', async () => {
    for (const [what, head] of [
      ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n'],
      ['the whole address', 'GET http://x/healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
      ['an unknown expectation', 'GET /healthz HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n'],
      ['an upgrade', 'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ] as const) {
      assert.equal((await raw(head)).status, 200, what);
    }
  });
});

describe('every good answer of both APIs', () => {
  it('is for its caller only: no cache may keep it', async () => {
    const get = documentedOperations.filter(({ method }) => method === 'get');
    for (const { path } of get) {
      if (!/^\/(api|checkout)\//.test(path) || path.endsWith('/logo') || path.endsWith('{refund_id}'))
        continue;
      const abort = new AbortController();
      const authorization = `Bearer ${credential(path)}`;
      const response = await fetch(stage.shop.url + stage.address(`get ${path}`), {
        headers: { authorization },
        signal: abort.signal,
      });
      assert.equal(response.status, 200, path);
      assert.match(response.headers.get('cache-control') ?? '', /^no-store/, path);
      assert.ok(response.headers.get('x-request-id'), path);
      abort.abort();
    }
    for (const path of ['/payments', '/test/webhook']) {
      const json = { order_id: 'A', amount: 1, callback_url: 'http://127.0.0.1:9/' };
      const response = await stage.shop.api(path, { json });
      assert.equal(response.headers.get('cache-control'), 'no-store', path);
    }
  });
});
