import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import * as answers from '../../../../src/companion/http/merchant/response-schemas.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

describe('the reference', () => {
  it('describes every route there is, and none that there is not', async () => {
    const document = (await (await fetch(`${shop.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { security: unknown[] }>>;
    };
    assert.equal(document.openapi, '3.1.0');
    const { token } = await shop.createPayment();
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const response = await fetch(shop.url + path.replace(/{\w+}/, 'nobody'), {
          method: method.toUpperCase(),
        });
        // Without credentials, a route that requires them returns 401. A route that does not exist returns `not_found`.
        if (security.length > 0) assert.equal(response.status, 401, `${method} ${path}`);
        else assert.doesNotMatch(await response.text(), /:not_found"/, `${method} ${path}`);
      }
    }
    for (const path of ['/api/sbp/v1/payments', '/api/sbp/v1/refunds', '/checkout/v1/session/renew']) {
      assert.ok(path in document.paths, path);
    }
    const create = JSON.stringify(document.paths['/api/sbp/v1/payments']!['post']);
    for (const field of ['order_id', 'expires_in', 'callback_url', 'metadata', 'Idempotency-Key']) {
      assert.ok(create.includes(field), field);
    }
    assert.ok(token);
  });

  it('is what the answers really look like, field by field', async () => {
    const json = async (response: Promise<Response>): Promise<unknown> => (await response).json();
    const { payment_id } = await shop.createPayment({
      description: 'x',
      callback_url: 'http://127.0.0.1:9/never',
      qr: { format: 'png' },
      features: { deep_link: true },
    });
    v.parse(
      answers.createdPaymentSchema,
      await json(shop.api('/payments', { json: { order_id: 'A', amount: 5 } })),
    );
    await shop.sandbox(payment_id, 'pay');
    v.parse(answers.paymentWithEventsSchema, await json(shop.api(`/payments/${payment_id}`)));
    v.parse(answers.pageSchema(answers.paymentSchema), await json(shop.api('/payments')));
    const refund = v.parse(
      answers.refundSchema,
      await json(shop.api('/refunds', { json: { payment_id, amount: 5 } })),
    );
    v.parse(answers.refundSchema, await json(shop.api(`/refunds/${refund.refund_id}`)));
    const log = v.parse(answers.pageSchema(answers.deliverySchema), await json(shop.api('/deliveries')));
    const path = `/deliveries/${log.items[0]!.delivery_id}/redeliver`;
    v.parse(answers.deliverySchema, await json(shop.api(path, { method: 'POST' })));
    v.parse(
      answers.deliverySchema,
      await json(shop.api('/test/webhook', { json: { callback_url: 'http://127.0.0.1:9/' } })),
    );
    for (const platform of ['ios', 'android', 'desktop']) {
      v.parse(answers.merchantBankListSchema, await json(shop.api(`/banks?platform=${platform}`)));
    }
    const other = await shop.createPayment();
    v.parse(
      answers.paymentSchema,
      await json(shop.api(`/payments/${other.payment_id}/cancel`, { method: 'POST' })),
    );
  });

  it('can be read by people', async () => {
    const response = await fetch(`${shop.url}/docs`);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const page = await response.text();
    for (const text of [
      '/api/sbp/v1/refunds',
      'refunded_amount',
      'expires_in',
      'Answer 201',
      'next_cursor of',
      'not_cancelable',
    ]) {
      assert.ok(page.includes(text), text);
    }
  });
});
