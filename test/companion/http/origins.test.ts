import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { documentedOperations } from '../../support/api-doc.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../support/companion.ts';

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

  it('may read nothing when they are strangers', async () => {
    for (const origin of STRANGERS) {
      for (const operation of PAYERS) {
        const answer = await headersFor(origin, operation, operation.method === 'get' ? good() : {});
        assert.equal(answer.get('access-control-allow-origin'), null, `${origin} ${operation.path}`);
      }
    }
  });

  it('may read nothing of the merchant API, of webhooks and metrics, whoever they are', async () => {
    for (const origin of [SHOP, shop.url, ...STRANGERS]) {
      for (const operation of documentedOperations.filter((one) => !PAYERS.includes(one))) {
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
        assert.equal((await preflight(stranger, path)).get('access-control-allow-origin'), null, stranger);
      }
    }
    assert.equal((await preflight(SHOP, '/api/sbp/v1/payments')).get('access-control-allow-methods'), null);
  });
});
