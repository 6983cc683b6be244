import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { signWebhook, WebhookVerificationError } from '../../../../src/webhooks/webhooks.ts';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import {
  ProviderError,
  type CreateRequest,
  type PaymentRef,
} from '../../../../src/companion/providers/provider.ts';
import { SbpApiClient } from '../../../../src/companion/providers/sbp-api/client.ts';
import { createSbpApiProvider } from '../../../../src/companion/providers/sbp-api/provider.ts';
import { FAULTS, UpstreamProxy, type Trick } from '../../../support/upstream-proxy.ts';
import { Pace } from '../../../support/pace.ts';

const NOW = Date.UTC(2026, 0, 1);
const SECRET = 'upstream-secret-0123456789';
const LINK =
  'https://qr.nspk.ru/AD10006M8KH234K782OQM0L13JI31LQD?type=02&bank=100000000009&sum=200&cur=RUB&crc=C63A';
const request: CreateRequest = {
  reference: 'pay_ABCDEFGHIJKLMNOPQRST',
  method: 'sbp',
  amount: 125_000,
  currency: 'RUB',
  orderId: 'ORD-1',
  description: 'Ромашки',
  merchantName: 'Ромашка',
  expiresAt: NOW + 900_000,
  returnUrl: 'https://shop.example/thanks',
  hostedPage: 'https://pay.example/pay#token',
  customer: { phone: '+79990001122' },
};
const { reference } = request;
const ref: PaymentRef = {
  reference,
  providerPaymentId: 'up_1',
  method: 'sbp',
  amount: 125_000,
  currency: 'RUB',
};
const payment = {
  payment_id: 'up_1',
  order_id: reference,
  amount: 125_000,
  currency: 'RUB',
  status: 'created',
  qr_id: 'AD1',
  qr_payload: LINK,
  deep_link: 'bank100000000111://qr',
};
const answering =
  (body: unknown, status = 200): Trick =>
  (_call, response) =>
    response.writeHead(status).end(JSON.stringify(body));

describe('the sbp-api provider', () => {
  let upstream: UpstreamProxy;
  let outbound: OutboundClient;
  let provider: ReturnType<typeof createSbpApiProvider>;
  before(async () => {
    upstream = await UpstreamProxy.start(null);
    outbound = new OutboundClient({ development: true });
    const settings = {
      baseUrl: `${upstream.url}/api/sbp/v1`,
      token: 'tok',
      webhookSecrets: ['old', SECRET],
      test: false,
    };
    provider = createSbpApiProvider({
      client: new SbpApiClient({ settings, outbound }),
      webhookSecrets: settings.webhookSecrets,
      callbackUrl: 'https://pay.example/webhooks/sbp-api',
      now: () => NOW,
    });
  });
  after(async () => {
    await outbound.close();
    upstream.stop();
  });
  beforeEach(() => {
    upstream.calls.length = 0;
  });

  async function kindOf(call: Promise<unknown>): Promise<string> {
    return call.then(
      () => 'answered',
      (error: unknown) => (error instanceof ProviderError ? error.kind : String(error)),
    );
  }

  it('creates under our reference, and keeps the link byte for byte', async () => {
    upstream.trick = answering(payment, 201);
    assert.deepEqual(await provider.create(request), {
      providerPaymentId: 'up_1',
      qrId: 'AD1',
      presentation: { kind: 'link', url: LINK, deep_link: 'bank100000000111://qr' },
      expiresAt: null,
      test: null,
    });
    const [call] = upstream.calls;
    assert.equal(`${call!.method} ${call!.path}`, 'POST /api/sbp/v1/payments');
    assert.equal(call!.headers['idempotency-key'], reference);
    assert.equal(call!.headers.authorization, 'Bearer tok');
    assert.deepEqual(JSON.parse(call!.body), {
      order_id: reference,
      amount: 125_000,
      currency: 'RUB',
      description: 'Ромашки',
      expires_at: '2026-01-01T00:15:00.000Z',
      return_url: 'https://shop.example/thanks',
      callback_url: 'https://pay.example/webhooks/sbp-api',
      customer: { phone: '+79990001122' },
      methods: ['sbp'],
      features: { deep_link: true },
      renewable: false,
    });
  });

  it('reads the response of the article, which has half of our fields', async () => {
    upstream.trick = answering({
      payment_id: 'pay_abc123',
      status: 'created',
      qr_payload: 'https://qr.nspk.ru/XXXXYYYY?sum=125000&cur=RUB&purpose=ORD-100500',
      qr_svg: '...',
      deep_link: 'javascript:alert(1)',
      expires_at: '2025-12-31T23:59:00+03:00',
    });
    const { presentation } = await provider.create(request);
    assert.deepEqual(presentation, {
      kind: 'link',
      url: 'https://qr.nspk.ru/XXXXYYYY?sum=125000&cur=RUB&purpose=ORD-100500',
      deep_link: null,
    });
  });

  for (const [fault, trick] of Object.entries(FAULTS)) {
    if (fault.startsWith('takes the call')) continue;
    it(`reports "unavailable" when the upstream ${fault}`, async () => {
      upstream.trick = trick;
      assert.equal(await kindOf(provider.create(request)), 'unavailable');
      assert.equal(await kindOf(provider.status(ref)), 'unavailable');
      assert.ok(upstream.calls.length <= 6, `${upstream.calls.length} calls`);
    });
  }

  it('repeats a refusal without personal data and keys', async () => {
    const token = `${reference}.${'k'.repeat(43)}`;
    const said = 'customer.phone +7 (999) 000-11-22 and buyer@example.ru at 203.0.113.7 are not';
    upstream.trick = answering({ code: 'invalid_fields', detail: `${said} ${token} for ${reference}` }, 422);
    await assert.rejects(provider.create(request), {
      message:
        'the upstream refused: 422 invalid_fields: customer.phone [masked] and [masked] at [masked] are not ' +
        `[masked] for ${reference}`,
    });
  });

  it('retries in the same call, at most three tries', async () => {
    let left = 2;
    upstream.trick = (call, response, pass) =>
      (left-- > 0 ? FAULTS['answers 502 with a page']! : answering(payment, 201))(call, response, pass);
    assert.equal((await provider.create(request)).providerPaymentId, 'up_1');
    assert.equal(new Set(upstream.calls.map(({ body }) => body)).size, 1, 'every try says the same');
    upstream.calls.length = 0;
    upstream.trick = FAULTS['hangs up']!;
    assert.equal(await kindOf(provider.create(request)), 'unavailable');
    assert.equal(upstream.calls.length, 3);
  });

  it('gives up a silent upstream within ten seconds', async () => {
    upstream.trick = () => undefined;
    const pace = Pace.start();
    const begun = Date.now();
    assert.equal(await kindOf(provider.create(request)), 'unavailable');
    assert.ok(Date.now() - begun < pace.stretch(10_000));
  });

  it('reports a refusal that is about the payment', async () => {
    for (const status of [400, 402, 422]) {
      upstream.trick = answering({ code: 'invalid_fields', errors: [{ path: 'amount' }] }, status);
      assert.equal(await kindOf(provider.create(request)), 'refused', String(status));
    }
    upstream.trick = answering({ code: 'invalid_fields', errors: [{ path: 'expires_at' }] }, 422);
    assert.equal(await kindOf(provider.create(request)), 'unavailable', 'whose time is up has not failed');
    upstream.trick = answering({ code: 'not_found' }, 404);
    assert.equal(await kindOf(provider.create(request)), 'unavailable', 'there is no such API');
  });

  it('reports until when money may arrive, also for a closed code', async () => {
    const later = '2026-01-01T03:00:00.000Z';
    upstream.trick = answering({ ...payment, payable_until: later }, 201);
    assert.equal((await provider.create(request)).payableUntil, Date.parse(later));
    const closed = { ...payment, status: 'canceled', payable_until: later };
    upstream.trick = answering({ items: [closed] });
    const { status, payableUntil } = await provider.cancel(ref);
    assert.deepEqual([status, payableUntil], ['canceled', Date.parse(later)]);
    upstream.trick = answering({ items: [{ ...closed, payable_until: null }] });
    assert.equal('payableUntil' in (await provider.status(ref)), false);
    upstream.trick = answering({ items: [{ ...closed, payable_until: 'soon' }] });
    assert.equal('payableUntil' in (await provider.status(ref)), false);
  });

  it('adopts the payment that already exists under our reference', async () => {
    upstream.trick = (call, ...rest) =>
      call.method === 'POST'
        ? answering({ code: 'idempotency_key_reused' }, 422)(call, ...rest)
        : answering({ items: [{ ...payment, order_id: 'other', payment_id: 'x' }, payment] })(call, ...rest);
    assert.equal((await provider.create(request)).providerPaymentId, 'up_1');
  });

  it('reads the link that a replayed response does not have yet', async () => {
    let link: string | null = null;
    upstream.trick = (call, ...rest) =>
      answering({ ...payment, qr_payload: call.method === 'POST' ? null : link })(call, ...rest);
    assert.equal(await kindOf(provider.create(request)), 'unavailable');
    link = LINK;
    assert.deepEqual((await provider.create(request)).presentation, {
      kind: 'link',
      url: LINK,
      deep_link: 'bank100000000111://qr',
    });
  });

  it('reports status and amount unchanged, and an unknown status as null', async () => {
    const statusOf = async (fields: object) => {
      upstream.trick = answering({ items: [{ ...payment, ...fields }] });
      const { status, amount, currency } = await provider.status(ref);
      return { status, amount, currency };
    };
    assert.deepEqual(await statusOf({ status: 'paid' }), {
      status: 'paid',
      amount: 125_000,
      currency: 'RUB',
    });
    assert.deepEqual(await statusOf({ status: 'paid', amount: 1, currency: 'USD' }), {
      status: 'paid',
      amount: 1,
      currency: 'USD',
    });
    assert.equal((await statusOf({ status: 'teleported' })).status, null);
    assert.deepEqual(await statusOf({ status: 'paid', amount: null }), {
      status: 'paid',
      amount: null,
      currency: 'RUB',
    });
    for (const amount of ['125000', 1250.5, -1, 1e21]) {
      upstream.trick = answering({ items: [{ ...payment, status: 'paid', amount }] });
      assert.equal(await kindOf(provider.status(ref)), 'unavailable', String(amount));
    }
    upstream.trick = answering({ items: [{ ...payment, order_id: 'other' }] });
    assert.equal(await kindOf(provider.status(ref)), 'refused');
  });

  it("closes the QR code and reports the payment's state", async () => {
    upstream.trick = (call, ...rest) =>
      call.method === 'POST'
        ? answering({ code: 'not_possible_now' }, 409)(call, ...rest)
        : answering({ items: [{ ...payment, status: 'paid' }] })(call, ...rest);
    assert.equal((await provider.cancel(ref)).status, 'paid');
    assert.ok(upstream.calls.some(({ path }) => path === '/api/sbp/v1/qrs/up_1/close'));
  });

  describe('refunds', () => {
    const refund = {
      payment: ref,
      refundId: 'rfd_1',
      providerRefundId: null,
      repeated: false,
      amount: 500,
      reason: null,
    };
    const outcome = (providerRefundId: string | null = null) =>
      provider.refund({ ...refund, providerRefundId, repeated: providerRefundId !== null }).then(
        (answer) => answer.status,
        (error: unknown) => (error as ProviderError).kind,
      );

    it('are requested with their own key, and an unreadable response is no failure', async () => {
      const answered = async (body: unknown, status = 201) => {
        upstream.trick = (call, ...rest) =>
          (call.method === 'POST' ? answering(body, status) : answering({ items: [payment] }))(call, ...rest);
        return outcome();
      };
      assert.equal(await answered({ refund_id: 'r', status: 'succeeded', amount: 500 }), 'succeeded');
      const failed = { refund_id: 'r', status: 'failed', amount: 500, failure_reason: 'too late' };
      assert.equal(await answered(failed), 'failed');
      assert.equal((await provider.refund(refund)).failureReason, 'too late');
      const call = upstream.calls.find(({ method }) => method === 'POST')!;
      assert.equal(call.headers['idempotency-key'], 'rfd_1');
      assert.deepEqual(JSON.parse(call.body), { payment_id: 'up_1', amount: 500 });
      assert.equal(await answered({ status: 'failed' }), 'failed');
      assert.equal(await answered({ status: 'thinking' }), 'pending');
      assert.equal(await answered({ status: 'succeeded', amount: 501 }), 'unavailable');
      assert.equal(await answered({ code: 'over_amount' }, 422), 'refused');
    });

    it('are read by the upstream’s id, once it is known', async () => {
      upstream.trick = (call, ...rest) =>
        (call.path === '/api/sbp/v1/refunds/up_r1'
          ? answering({ refund_id: 'up_r1', status: 'succeeded', amount: 500 })
          : answering({ code: 'unexpected' }, 400))(call, ...rest);
      assert.equal(await outcome('up_r1'), 'succeeded');
      assert.deepEqual(
        upstream.calls.map(({ method }) => method),
        ['GET'],
      );
    });

    it('are requested again if they cannot be read, and a refusal is no failure then', async () => {
      let answer = answering({ refund_id: 'up_r1', status: 'succeeded', amount: 500 }, 201);
      upstream.trick = (call, ...rest) => {
        if (call.method === 'POST') return answer(call, ...rest);
        const isRefund = call.path.includes('/refunds/');
        return (isRefund ? answering({ code: 'not_found' }, 404) : answering({ items: [payment] }))(
          call,
          ...rest,
        );
      };
      assert.equal(await outcome('up_r1'), 'succeeded');
      assert.equal(
        upstream.calls.find(({ method }) => method === 'POST')?.headers['idempotency-key'],
        'rfd_1',
      );
      answer = answering({ code: 'over_amount' }, 422);
      assert.equal(await outcome('up_r1'), 'unavailable');
    });
  });

  describe('webhooks', () => {
    const read = (payload: object, { secret = SECRET, id = 'd1', at = NOW } = {}) => {
      const body = JSON.stringify(payload);
      const headers = { ...signWebhook({ event: 'x', deliveryId: id, body }, secret, at) };
      return provider.parseWebhook({ headers, body: Buffer.from(body) });
    };
    const paid = {
      event: 'payment.paid',
      payment_id: 'up_1',
      order_id: reference,
      amount: 125_000,
      status: 'paid',
    };

    it('find our payment by the upstream’s order_id', () => {
      const { deliveryId, ...delivery } = read({ ...paid, paid_at: '2025-11-07T12:01:02+03:00' });
      assert.deepEqual(delivery, {
        event: 'payment.paid',
        reference,
        status: 'paid',
        amount: 125_000,
        currency: null,
        test: null,
      });
      assert.match(deliveryId, /^sha256_/);
    });

    it('are refused when forged or old', () => {
      assert.throws(() => read(paid, { secret: 'forged' }), WebhookVerificationError);
      assert.throws(() => read(paid, { at: NOW - 301_000 }), WebhookVerificationError);
      assert.ok(read(paid, { secret: 'old' }));
    });

    it('are identified by their signed bytes, not by a header that anyone could write', () => {
      assert.equal(read(paid, { id: 'd1' }).deliveryId, read(paid, { id: 'd2', at: NOW + 5000 }).deliveryId);
      assert.notEqual(read(paid).deliveryId, read({ ...paid, version: 2 }).deliveryId);
    });

    it("report a refund's status by the upstream’s id", () => {
      const told = { event: 'refund.succeeded', payment_id: 'up_1', order_id: reference, refund_id: 'up_r1' };
      const fields = { ...told, amount: 500, status: 'succeeded', payment_status: 'partial_refunded' };
      const { refund, status, amount } = read(fields);
      const expected = { refundId: null, providerRefundId: 'up_r1', amount: 500, status: 'succeeded' };
      assert.deepEqual([refund, status, amount], [expected, null, null]);
      const failed = { ...fields, event: 'refund.failed', status: 'failed', failure_reason: 'too late' };
      assert.deepEqual(read(failed).refund, { ...expected, status: 'failed', failureReason: 'too late' });
      assert.equal(read({ ...failed, failure_reason: { odd: 1 } }).refund?.status, 'failed');
      assert.equal(read({ ...fields, status: 'thinking' }).refund, undefined);
    });

    it('report only what event and status agree on', () => {
      const status = (fields: object) => read({ ...paid, ...fields }).status;
      assert.equal(status({ status: undefined }), 'paid');
      assert.equal(status({ status: 'created' }), null);
      assert.equal(status({ amount: undefined }), 'paid', 'which is not believed without its sum');
      assert.equal(status({ amount: '125000' }), null);
      assert.equal(status({ event: 'payment.teleported', status: 'teleported' }), null);
      assert.equal(status({ event: 'refund.failed', status: 'failed' }), null);
      assert.equal(status({ event: 'refund.succeeded', status: 'partial_refunded' }), 'partial_refunded');
      assert.equal(status({ event: 'payment.failed', status: 'failed', amount: undefined }), 'failed');
      assert.equal(read({ event: 'test', order_id: 7 }).reference, '');
    });
  });
});
