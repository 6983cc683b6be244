import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { documentedOperations } from '../../../support/api-doc.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';

const SHOP = 'https://shop.example';
const OTHER_SHOP = 'https://m.shop.example:8443';
const STRANGERS = [
  'https://shop.example.evil.example',
  'https://evilshop.example',
  'http://shop.example',
  'https://shop.example:444',
  'https://SHOP.example',
  'https://shop.example/',
  'https://m.shop.example',
  'null',
  '*',
  '',
];

let shop: TestCompanion;
let payment: CreatedPayment;
before(async () => {
  shop = await startCompanion({ SBP_ALLOWED_ORIGINS: `${SHOP},${OTHER_SHOP}` });
  payment = await shop.createPayment();
});
after(() => shop.stop());

const PAYERS = documentedOperations.filter(({ path }) => path.startsWith('/checkout/'));

async function headersFor(
  origin: string,
  { method, path }: { method: string; path: string },
  headers: Record<string, string> = {},
): Promise<Headers> {
  const abort = new AbortController();
  const response = await fetch(shop.url + path.replace('{id}', 'nobody'), {
    method,
    headers: { origin, ...headers },
    signal: abort.signal,
  });
  abort.abort();
  return response.headers;
}

describe('pages of other origins', () => {
  const good = () => ({ authorization: `Bearer ${payment.token}` });

  it('may read every answer of the checkout API, refusals too, when they are allowed or our own', async () => {
    for (const origin of [SHOP, OTHER_SHOP, shop.url]) {
      for (const operation of PAYERS.filter(({ method }) => method === 'get')) {
        for (const headers of [good(), {}, { authorization: 'Bearer forged.token' }]) {
          const answer = await headersFor(origin, operation, headers);
          assert.equal(answer.get('access-control-allow-origin'), origin, operation.path);
          assert.match(answer.get('vary') ?? '', /origin/i);
        }
      }
    }
  });

  it('may read only that they are refused when they are strangers, whatever token they hold', async () => {
    for (const origin of STRANGERS) {
      for (const { method, path } of PAYERS) {
        for (const headers of [good(), {}, { authorization: 'Bearer forged.token' }]) {
          const response = await fetch(shop.url + path.replace('{id}', 'nobody'), {
            method,
            headers: { origin, ...headers },
          });
          const where = `${origin} ${method} ${path}`;
          assert.equal(response.status, 403, where);
          assert.equal(response.headers.get('access-control-allow-origin'), '*', where);
          assert.equal(response.headers.get('cache-control'), 'no-store', where);
          assert.match(response.headers.get('vary') ?? '', /origin/i, where);
          const text = await response.text();
          assert.equal((JSON.parse(text) as { code: string }).code, 'origin_not_allowed', where);
          for (const secret of [payment.payment_id, payment.order_id, payment.token, payment.qr_payload])
            assert.equal(text.includes(secret), false, where);
        }
      }
    }
    const { status } = (await (await shop.checkout('/session', payment.token)).json()) as CreatedPayment;
    assert.equal(status, 'created', 'nothing that a stranger posted was done');
  });

  it('are of the companion itself under whatever name it is reached', async () => {
    const ask = (headers: Record<string, string>) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const all = { ...good(), host: 'pay.lan:8443', ...headers };
        const outgoing = request(`${shop.url}/checkout/v1/session`, { headers: all }, (response) =>
          resolve(response.resume()),
        );
        outgoing.on('error', reject).end();
      });
    for (const own of [
      { origin: 'https://pay.lan:8443' },
      { origin: 'https://pay.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
    ]) {
      const { statusCode, headers } = await ask(own);
      assert.equal(statusCode, 200, own.origin);
      assert.equal(headers['access-control-allow-origin'], undefined, 'its own page needs none');
    }
    for (const foreign of [
      { origin: 'https://pay.lan:8443.evil.example' },
      { origin: 'https://pay.lan' },
      { origin: 'https://pay.lan:8443', 'sec-fetch-site': 'cross-site' },
      { origin: 'ftp://pay.lan:8443' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ]) {
      assert.equal((await ask(foreign)).statusCode, 403, foreign.origin);
    }
  });

  it('may read nothing of the merchant API, of webhooks, metrics and pages, whoever they are', async () => {
    const others = documentedOperations.filter((one) => !PAYERS.includes(one));
    const pages = ['/pay', '/pay.css', '/paid.svg', '/', '/docs', '/openapi.json', '/nowhere'];
    for (const origin of [SHOP, shop.url, ...STRANGERS]) {
      for (const operation of [...others, ...pages.map((path) => ({ method: 'get', path }))]) {
        const answer = await headersFor(origin, operation);
        assert.equal(answer.get('access-control-allow-origin'), null, `${origin} ${operation.path}`);
      }
    }
  });

  it('never come with cookies', async () => {
    for (const operation of documentedOperations) {
      const answer = await headersFor(SHOP, operation);
      assert.equal(answer.get('access-control-allow-credentials'), null, operation.path);
      assert.equal(answer.get('set-cookie'), null, operation.path);
    }
  });

  it('ask first, and are told what they may send', async () => {
    const preflight = (origin: string, path: string) =>
      headersFor(origin, { method: 'OPTIONS', path }, { 'access-control-request-method': 'POST' });
    for (const { path } of PAYERS) {
      const answer = await preflight(SHOP, path);
      assert.equal(answer.get('access-control-allow-origin'), SHOP, path);
      assert.equal(answer.get('access-control-allow-methods'), 'GET, POST');
      assert.equal(answer.get('access-control-allow-headers'), 'authorization, content-type, last-event-id');
      assert.ok(Number(answer.get('access-control-max-age')) > 0);
      for (const stranger of STRANGERS) {
        const answer = await preflight(stranger, path);
        assert.equal(answer.get('access-control-allow-origin'), '*', 'the refusal that follows can be read');
        assert.equal(
          answer.get('access-control-allow-headers'),
          'authorization, content-type, last-event-id',
        );
      }
    }
    for (const origin of [SHOP, ...STRANGERS]) {
      const merchant = await preflight(origin, '/api/sbp/v1/payments');
      assert.equal(merchant.get('access-control-allow-methods'), null);
      assert.equal(merchant.get('access-control-allow-origin'), null);
    }
  });
});
