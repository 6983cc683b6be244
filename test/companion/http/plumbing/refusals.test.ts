import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { pipeline } from '../../../support/raw-client.ts';

/** Requests that once got a wrong response. Fuzzing found most of them. */
describe('requests at the edge', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion();
  });
  after(() => shop.stop());

  const raw = async (head: string) => {
    const [answer] = await pipeline(Number(new URL(shop.url).port), [{ head, body: Buffer.alloc(0) }]);
    return answer!;
  };

  it('takes an Idempotency-Key on a call without a body', async () => {
    const { payment_id } = await shop.createPayment();
    const cancel = () =>
      shop.api(`/payments/${payment_id}/cancel`, { method: 'POST', headers: { 'idempotency-key': 'c1' } });
    assert.equal((await cancel()).status, 200);
    assert.equal((await cancel()).headers.get('idempotency-replayed'), 'true');
  });

  it('refuses JSON that is nested without end, with a key as without', async () => {
    for (const headers of [{}, { 'idempotency-key': 'deep' }]) {
      for (const depth of [65, 5_000, 100_000]) {
        const body = `{"order_id":"N","amount":1,"metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
        const response = await shop.api('/payments', {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', ...headers },
        });
        assert.equal(response.status, 400, `depth ${depth}`);
        assert.equal(((await response.json()) as { code: string }).code, 'nested_too_deep');
      }
    }
  });

  it('answers addresses it cannot read with a problem', async () => {
    const answer = await raw('GET /api/sbp/v1/% HTTP/1.1\r\nhost: x\r\n\r\n');
    assert.equal(answer.status, 400);
    assert.equal(answer.contentType, 'application/problem+json');
  });

  it('answers what is no HTTP, and headers without end, with a problem', async () => {
    const malformed = await raw('NONSENSE\r\n\r\n');
    assert.deepEqual([malformed.status, malformed.contentType], [400, 'application/problem+json']);
    const huge = await raw(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`);
    assert.deepEqual([huge.status, huge.contentType], [431, 'application/problem+json']);
  });

  it('opens no stream for a HEAD', async () => {
    const { token } = await shop.createPayment();
    const answer = await raw(
      `HEAD /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    assert.equal(answer.status, 404);
  });

  it('answers a bare OPTIONS where pages may call, and knows none where they may not', async () => {
    const options = (path: string) =>
      fetch(shop.url + path, { method: 'OPTIONS', headers: { authorization: `Bearer ${API_KEY}` } });
    assert.equal((await options('/checkout/v1/session')).status, 204);
    assert.equal((await options('/api/sbp/v1/payments')).status, 404);
  });
});
