import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import {
  ProviderError,
  type Provider,
  type RefundRequest,
} from '../../../../src/companion/providers/provider.ts';
import { createSmartGlocalProvider } from '../../../../src/companion/providers/smart-glocal/provider.ts';
import { initBody } from '../../../../src/companion/providers/smart-glocal/requests.ts';
import {
  fixture,
  isOurs,
  ref,
  request,
  sessionOf,
  settingsFor,
  signedWebhook,
  withLink,
} from '../../../support/smart-glocal.ts';
import { FAULTS, UpstreamProxy, type Passed, type Trick } from '../../../support/upstream-proxy.ts';

const NOW = Date.UTC(2026, 0, 1);
let now = NOW;
const SBERPAY = 'sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef&operationType=Web2App';
const { reference } = request;

const answering =
  (body: unknown, status = 200): Trick =>
  (_call, response) =>
    response.writeHead(status).end(JSON.stringify(body));
const session = (...parts: Parameters<typeof sessionOf>): Trick =>
  answering({ status: 'ok', session: sessionOf(...parts) });
const refusing = (code: unknown, status = 400, description: unknown = 'no'): Trick =>
  answering({ status: 'error', error: { code, description } }, status);
const REPLAYED = refusing('idempotency_key_already_exists');

interface Sample {
  readonly payment_details: { readonly internet_banking: { readonly sber_pay: { readonly phone: string } } };
  readonly amount_details: { readonly amount: number };
  readonly customer: { readonly reference: string };
  readonly payment_options: { readonly return_url: string };
}

describe('the smart-glocal provider', () => {
  let upstream: UpstreamProxy;
  let outbound: OutboundClient;
  let production: OutboundClient;
  let provider: Required<Pick<Provider, 'push' | 'confirm'>> & Provider;
  before(async () => {
    upstream = await UpstreamProxy.start(null);
    outbound = new OutboundClient({ development: true });
    production = new OutboundClient({ development: false });
    provider = make();
  });
  after(async () => {
    await Promise.all([outbound.close(), production.close()]);
    upstream.stop();
  });
  beforeEach(() => {
    upstream.calls.length = 0;
  });

  function make(others: Parameters<typeof settingsFor>[1] = {}) {
    const settings = settingsFor(`${upstream.url}/api/v1`, others);
    return createSmartGlocalProvider({ settings, outbound, now: () => now }) as typeof provider;
  }

  /** Responds by path. A path without a response closes the connection. */
  function route(tricks: Readonly<Record<string, Trick>>): void {
    upstream.trick = (call, response, pass) => {
      const trick = tricks[call.path.replace('/api/v1', '')];
      return trick ? trick(call, response, pass) : response.destroy();
    };
  }

  async function kindOf(call: Promise<unknown>): Promise<string> {
    return call.then(
      () => 'answered',
      (error: unknown) => (error instanceof ProviderError ? error.kind : String(error)),
    );
  }

  async function messageOf(call: Promise<unknown>): Promise<string> {
    return call.then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  }

  const bodyOf = (call: Passed | undefined) => JSON.parse(call!.body) as Record<string, unknown>;

  describe('signs', () => {
    it('the exact bytes of every call, with a key on calls that change something', async () => {
      route({
        '/session/init/payment': session(),
        '/session/status': session(),
        '/session/confirm': answering({ status: 'ok' }),
        '/session/cancel': answering({ status: 'ok' }),
        '/sberpay/push': answering({ status: 'ok' }),
        '/session/refund': answering({ status: 'ok' }),
      });
      await provider.create(request);
      await provider.status(ref);
      await provider.confirm(ref);
      await provider.cancel(ref);
      await provider.push(ref, '79990001122');
      await provider.refund(refund());
      const keys = upstream.calls.map(({ path, headers }) => [
        path.replace('/api/v1', ''),
        headers['x-partner-idempotency-key'],
      ]);
      assert.deepEqual(keys.slice(0, 5), [
        ['/session/init/payment', reference],
        ['/session/status', undefined],
        ['/session/confirm', `${reference}-confirm`],
        ['/session/cancel', `${reference}-cancel`],
        ['/session/status', undefined],
      ]);
      assert.match(keys[5]![1] as string, new RegExp(`^${reference}-push-[0-9a-f]{12}$`));
      assert.deepEqual(keys[6], ['/session/refund', 'rfd_1']);
      for (const { method, path, headers, body } of upstream.calls) {
        const signature = headers['x-partner-sign'] as string;
        assert.equal(method, 'POST');
        assert.equal(headers['x-partner-project'], 'test_project');
        assert.equal(headers['content-type'], 'application/json');
        assert.ok(isOurs(body, signature), path);
        assert.ok(!isOurs(`${body} `, signature), 'another byte, another signature');
      }
    });

    it('text beyond ASCII by its bytes', async () => {
      upstream.trick = session();
      await provider.create({ ...request, returnUrl: 'https://shop.example/спасибо?за=заказ' });
      const [{ body, headers }] = upstream.calls as [Passed];
      assert.ok(body.includes('спасибо'));
      assert.ok(isOurs(Buffer.from(body, 'utf8'), headers['x-partner-sign'] as string));
    });
  });

  describe('creates', () => {
    it("with the published example's exact bytes", () => {
      const sample = fixture('init-payment.request') as Sample;
      const asked = {
        ...request,
        reference: sample.customer.reference,
        amount: sample.amount_details.amount,
        returnUrl: sample.payment_options.return_url,
        customer: { phone: sample.payment_details.internet_banking.sber_pay.phone },
      };
      // The example's metadata is its own; ours is our reference, twice.
      const expected = { ...sample, metadata: sample.customer.reference };
      assert.equal(JSON.stringify(initBody(asked, 'mobile_web')), JSON.stringify(expected));
    });

    it('and reads the published response, which has no link yet', async () => {
      upstream.trick = answering(fixture('init-payment.response'));
      assert.deepEqual(await provider.create(request), {
        providerPaymentId: 'ps_12345',
        qrId: null,
        presentation: { kind: 'pending' },
        expiresAt: NOW + 20 * 60_000,
      });
    });

    it("with the phone in the provider's form, or without one", async () => {
      upstream.trick = session();
      for (const [phone, sent] of [
        ['+7 999 000-11-22', '79990001122'],
        ['12', undefined],
        [undefined, undefined],
      ] as const) {
        upstream.calls.length = 0;
        await provider.create({ ...request, customer: { phone } });
        const { payment_details } = bodyOf(upstream.calls[0]) as unknown as Sample;
        assert.equal(payment_details.internet_banking.sber_pay.phone, sent);
      }
    });

    it('with a return address, and with the channel of the settings', async () => {
      upstream.trick = session();
      await make({ channel: 'web' }).create({ ...request, returnUrl: null });
      const body = bodyOf(upstream.calls[0]);
      assert.deepEqual(body['payment_options'], { return_url: request.hostedPage });
      assert.match(JSON.stringify(body), /"channel":"web"/);
    });

    it('and keeps an immediate link byte for byte, if a payer may open it', async () => {
      const presented = async (url: unknown, by = provider) => {
        upstream.trick = session({}, withLink(url));
        return (await by.create(request)).presentation;
      };
      assert.deepEqual(await presented(SBERPAY), { kind: 'link', url: SBERPAY, deep_link: SBERPAY });
      const web = 'https://Pay.Example.RU/a%2Fb/?x=1&&y=%D0%B0#z';
      assert.deepEqual(await presented(web), { kind: 'link', url: web, deep_link: null });
      const local = `${upstream.url}/payer`;
      assert.deepEqual(await presented(local), { kind: 'link', url: local, deep_link: null });
      const strict = createSmartGlocalProvider({
        settings: settingsFor('https://api.example'),
        outbound: production,
        now: () => NOW,
      });
      const shown = (url: string) =>
        strict.parseWebhook(signedWebhook({ type: 'action_required', session: sessionOf({}, withLink(url)) }))
          .presentation ?? null;
      assert.equal(shown(local), null, 'in production neither plain http nor this machine');
      assert.deepEqual(shown(web), { kind: 'link', url: web, deep_link: null });
      for (const url of [
        'javascript:alert(1)',
        'data:text/html,x',
        'bank100000000004://qr',
        'intent://x#Intent;scheme=sberpay;end',
        'https://user:pass@example.ru/',
        'sberpay://a b',
        `https://example.ru/${'x'.repeat(2_000)}`,
        'nowhere',
        '',
        7,
        null,
      ]) {
        assert.deepEqual(await presented(url), { kind: 'pending' }, String(url));
      }
      upstream.trick = session({ next_action: { type: 'redirect', redirect: { url: SBERPAY } } });
      assert.equal((await provider.create(request)).presentation.kind, 'link');
    });

    it('and recognises a repeat: the session exists, and its webhook will name it', async () => {
      let first = true;
      upstream.trick = (call, response, pass) => {
        if (!first) return REPLAYED(call, response, pass);
        first = false;
        response.destroy();
      };
      assert.equal(await kindOf(provider.create(request)), 'unavailable');
      assert.equal(upstream.calls.length, 2, 'a repeat is not repeated');
      assert.equal(new Set(upstream.calls.map(({ body }) => body)).size, 1);
      assert.equal(
        new Set(upstream.calls.map(({ headers }) => headers['x-partner-idempotency-key'])).size,
        1,
      );
      const nameless = { ...ref, providerPaymentId: null };
      assert.equal(await kindOf(provider.status(nameless)), 'unavailable');
      assert.equal(await kindOf(provider.cancel(nameless)), 'unavailable');
      assert.equal(await kindOf(provider.confirm(nameless)), 'unavailable');
      assert.equal(upstream.calls.length, 2, 'without its id there is nothing to ask about');
    });

    it("and never shows another payment's session", async () => {
      upstream.trick = session({}, { metadata: 'pay_OTHEROTHEROTHEROTHER' });
      assert.equal(await kindOf(provider.create(request)), 'unavailable');
      assert.equal(await kindOf(provider.status(ref)), 'unavailable');
      upstream.trick = session({ id: 'ps_2' });
      assert.equal(await kindOf(provider.status(ref)), 'unavailable', 'it was asked about ps_1');
    });
  });

  describe('creates with two calls', () => {
    it('the payer first, then the payment', async () => {
      route({
        '/session/create': session({ status: 'created' }, null),
        '/session/start/payment': session(),
      });
      const { providerPaymentId } = await make({ flow: 'create' }).create(request);
      assert.equal(providerPaymentId, 'ps_1');
      const [create, start] = upstream.calls;
      assert.deepEqual(bodyOf(create), { metadata: reference, customer: { reference } });
      assert.deepEqual(Object.keys(bodyOf(start)), [
        'session_id',
        'payment_details',
        'amount_details',
        'payment_options',
      ]);
      assert.deepEqual(
        upstream.calls.map(({ headers }) => headers['x-partner-idempotency-key']),
        [reference, `${reference}-start`],
      );
    });

    it('and continues after a lost response', async () => {
      const pair = make({ flow: 'create' });
      const creating = session({ status: 'created' }, null);
      route({ '/session/create': creating });
      assert.equal(await kindOf(pair.create(request)), 'unavailable');
      route({ '/session/create': REPLAYED, '/session/start/payment': session() });
      assert.equal((await pair.create(request)).providerPaymentId, 'ps_1');

      route({
        '/session/create': creating,
        '/session/start/payment': REPLAYED,
        '/session/status': session(),
      });
      assert.equal((await make({ flow: 'create' }).create(request)).providerPaymentId, 'ps_1');
      route({ '/session/create': creating, '/session/start/payment': session({ id: 'ps_2' }) });
      assert.equal(await kindOf(make({ flow: 'create' }).create(request)), 'unavailable', 'another session');
      route({ '/session/create': creating, '/session/start/payment': refusing('whatever') });
      assert.equal(await kindOf(make({ flow: 'create' }).create(request)), 'refused');
    });

    it('and abandons a session whose create got no response, and starts no second one', async () => {
      const creating = session({ status: 'created' }, null);
      const starting: Trick[] = [session(), REPLAYED];
      const keys = (path: string) =>
        upstream.calls
          .filter((call) => call.path.endsWith(path))
          .map(({ headers }) => headers['x-partner-idempotency-key']);
      for (const start of starting) {
        upstream.calls.length = 0;
        route({
          '/session/create': (call, response, pass) =>
            (keys('/session/create').length === 1 ? REPLAYED : creating)(call, response, pass),
          '/session/start/payment': start,
          '/session/status': creating,
        });
        const begun = make({ flow: 'create' }).create(request);
        // Another session than this one was started: its webhook will name it.
        if (start === REPLAYED) assert.equal(await kindOf(begun), 'unavailable');
        else assert.equal((await begun).providerPaymentId, 'ps_1');
        const [first, second, ...more] = keys('/session/create');
        assert.equal(first, reference);
        assert.match(String(second), new RegExp(`^${reference}-again-[0-9a-f]{12}$`));
        assert.deepEqual(more, []);
        assert.deepEqual(keys('/session/start/payment'), [`${reference}-start`]);
      }
    });

    it('once, however many callers there are at a time', async () => {
      route({
        '/session/create': session({ status: 'created' }, null),
        '/session/start/payment': session(),
      });
      const pair = make({ flow: 'create' });
      const made = await Promise.all([pair.create(request), pair.create(request)]);
      assert.deepEqual(made[0], made[1]);
      assert.equal(upstream.calls.length, 2);
      await pair.create(request);
      assert.equal(upstream.calls.length, 4, 'a later call is its own');
    });
  });

  describe('reads', () => {
    const standing = async (...parts: Parameters<typeof sessionOf>) => {
      upstream.trick = session(...parts);
      return (await provider.status(ref)).status;
    };

    it("the payment's status from both fields, and null when they contradict each other", async () => {
      const table = [
        ['created', 'in_progress', 'created'],
        ['in_progress', 'in_progress', 'created'],
        ['in_progress', 'pending', 'processing'],
        ['in_progress', 'succeeded', 'paid'],
        // Another try may follow in the open session.
        ['in_progress', 'failed', 'created'],
        ['accepted', 'succeeded', 'paid'],
        ['accepted', 'in_progress', null],
        ['accepted', 'pending', null],
        ['accepted', 'failed', null],
        ['cancelled', 'in_progress', 'canceled'],
        ['canceled', 'failed', 'canceled'],
        ['cancelled', 'succeeded', null],
        ['error', 'failed', 'failed'],
        ['error', 'in_progress', 'failed'],
        ['error', 'succeeded', null],
        ['teleported', 'succeeded', null],
        ['in_progress', 'teleported', null],
        [null, 'succeeded', null],
        [7, 'in_progress', null],
        ['accepted', null, null],
      ] as const;
      for (const [of, payment, expected] of table) {
        assert.equal(
          await standing({ status: of }, { status: payment }),
          expected,
          `${String(of)} ${String(payment)}`,
        );
      }
      assert.equal(await standing({ status: 'created' }, null), 'created');
      assert.equal(await standing({ status: 'created', acquiring_payments: null }), 'created');
      assert.equal(await standing({ status: 'accepted' }, null), null);
    });

    it('a pending payment as open, while something is asked of us or of the payer', async () => {
      const pending = { status: 'pending' };
      assert.equal(await standing({}, { ...pending, ...withLink(SBERPAY) }), 'created');
      for (const next_action of ['confirm', 'capture', { type: 'ready_to_confirm' }]) {
        assert.equal(await standing({ next_action }, pending), 'created');
      }
    });

    it('the payment that decides, after failed ones', async () => {
      const failed = {
        status: 'failed',
        metadata: reference,
        amount_details: { amount: 1, currency: 'RUB' },
      };
      for (const [status, expected] of [
        ['succeeded', 'paid'],
        ['in_progress', 'created'],
      ] as const) {
        const counts = { status, metadata: reference, amount_details: { amount: 125_000, currency: 'rub' } };
        upstream.trick = session({ acquiring_payments: [failed, counts] });
        const report = await provider.status(ref);
        assert.deepEqual([report.status, report.amount, report.currency], [expected, 125_000, 'RUB']);
      }
    });

    it('only exact amounts', async () => {
      upstream.trick = session({ status: 'accepted' }, { status: 'succeeded', amount_details: null });
      const noSum = await provider.status(ref);
      assert.deepEqual([noSum.status, noSum.amount], ['paid', null], 'which is not believed without its sum');
      for (const amount of ['125000', 1250.5, -1, 1e21, null]) {
        upstream.trick = session({ status: 'accepted' }, { amount_details: { amount, currency: 'RUB' } });
        assert.equal(await kindOf(provider.status(ref)), 'unavailable', String(amount));
      }
      upstream.trick = session(
        { status: 'accepted' },
        { status: 'succeeded', amount_details: { amount: 1, currency: 'USD' } },
      );
      const { status, amount, currency } = await provider.status(ref);
      assert.deepEqual({ status, amount, currency }, { status: 'paid', amount: 1, currency: 'USD' });
    });

    it('the confirmation that is asked of us, and the link', async () => {
      for (const next_action of [
        'confirm',
        'ready_to_confirm',
        { type: 'confirm' },
        { type: 'ready_to_confirm', x: 1 },
      ]) {
        upstream.trick = session({ next_action });
        assert.equal((await provider.status(ref)).wantsConfirmation, true, JSON.stringify(next_action));
      }
      for (const next_action of ['capture', { type: 'confirm_by_sms' }, {}, 7, null]) {
        upstream.trick = session({ next_action });
        const report = await provider.status(ref);
        assert.ok(!('wantsConfirmation' in report) && !('presentation' in report));
      }
      upstream.trick = session({}, withLink(SBERPAY));
      const { presentation, detail } = await provider.status(ref);
      assert.deepEqual(presentation, { kind: 'link', url: SBERPAY, deep_link: SBERPAY });
      assert.equal(detail, 'session in_progress, payment in_progress');
      assert.deepEqual(bodyOf(upstream.calls.at(-1)), { session_id: 'ps_1' });
    });
  });

  it('confirms, cancels and pushes once, however often it is called', async () => {
    route({
      '/session/confirm': REPLAYED,
      '/session/cancel': REPLAYED,
      '/sberpay/push': REPLAYED,
      '/session/status': session({ status: 'canceled' }),
    });
    await provider.confirm(ref);
    assert.equal((await provider.cancel(ref)).status, 'canceled');
    await provider.push(ref, '79990001122');
    assert.deepEqual(bodyOf(upstream.calls[0]), { session_id: 'ps_1' });
    assert.deepEqual(bodyOf(upstream.calls.at(-1)), { phone: '79990001122', session_id: 'ps_1' });
    await provider.push(ref, '79990001122');
    const [one, other] = upstream.calls.slice(-2).map(({ headers }) => headers['x-partner-idempotency-key']);
    assert.notEqual(one, other, 'another message is another call');
    for (const key of [one, other]) assert.ok((key as string).length <= 64);
  });

  it('reports the state of a payment that could not be canceled any more', async () => {
    route({
      '/session/cancel': refusing('too_late'),
      '/session/status': session({ status: 'accepted' }, { status: 'succeeded' }),
    });
    assert.equal((await provider.cancel(ref)).status, 'paid');
    route({ '/session/cancel': FAULTS['answers 502 with a page']! });
    assert.equal(await kindOf(provider.cancel(ref)), 'unavailable');
  });

  it('requests a refund, and reports success only for a plain success', async () => {
    const refunded = async (trick: Trick) => {
      upstream.trick = trick;
      return provider.refund(refund()).then(
        ({ status }) => status,
        (error: unknown) => (error as ProviderError).kind,
      );
    };
    assert.equal(await refunded(answering({ status: 'ok' })), 'pending');
    assert.deepEqual(bodyOf(upstream.calls[0]), {
      session_id: 'ps_1',
      amount_details: { amount: 500, currency: 'RUB' },
    });
    assert.equal(await refunded(session({ status: 'accepted' }, { status: 'succeeded' })), 'pending');
    assert.equal(await refunded(answering({ status: 'ok', refund: { status: 'in_progress' } })), 'pending');
    assert.equal(await refunded(answering({ status: 'ok', refund: { status: 'succeeded' } })), 'succeeded');
    assert.equal(await refunded(REPLAYED), 'pending');
    assert.equal(await refunded(refusing('not_enough_funds')), 'refused');
    assert.equal(await refunded(FAULTS['hangs up']!), 'unavailable');
    upstream.trick = refusing('not_paid');
    assert.equal(await kindOf(provider.refund({ ...refund(), repeated: true })), 'unavailable');
    const elsewhere = make({ refundPath: '/refund/create' });
    upstream.trick = answering({ status: 'ok' });
    await elsewhere.refund(refund());
    assert.equal(upstream.calls.at(-1)!.path, '/api/v1/refund/create');
  });

  it('requests an arrived refund only once: its key may be forgotten, and a second call be a second refund', async () => {
    for (const trick of [answering({ status: 'ok' }), REPLAYED]) {
      upstream.trick = trick;
      const { providerRefundId } = await provider.refund(refund());
      upstream.calls.length = 0;
      upstream.trick = answering({ status: 'ok', refund: { status: 'succeeded' } });
      const again = { ...refund(), providerRefundId: providerRefundId!, repeated: true };
      assert.deepEqual(await provider.refund(again), { status: 'pending', providerRefundId });
      assert.deepEqual(upstream.calls, []);
    }
  });

  describe('errors', () => {
    for (const [fault, trick] of Object.entries(FAULTS)) {
      if (fault.startsWith('takes the call') || fault === 'asks another sum') continue;
      it(`reports "unavailable" when it ${fault}`, async () => {
        upstream.trick = trick;
        const calls = [provider.create(request), provider.status(ref), provider.confirm(ref)].map(kindOf);
        // Where the response is not read, any response without an error will do.
        const confirmed = fault === 'answers something else' ? 'answered' : 'unavailable';
        assert.deepEqual(await Promise.all(calls), ['unavailable', 'unavailable', confirmed]);
      });
    }

    it('abandons a session that no webhook has named, and begins another', async () => {
      const keys = () => upstream.calls.map(({ headers }) => headers['x-partner-idempotency-key']);
      upstream.calls.length = 0;
      upstream.trick = (call, ...rest) =>
        (call.headers['x-partner-idempotency-key'] === reference ? REPLAYED : session())(call, ...rest);
      try {
        for (const later of [0, 29_999]) {
          now = NOW + later;
          assert.equal(await kindOf(provider.create(request)), 'unavailable');
        }
        assert.deepEqual(keys(), [reference, reference]);
        now = NOW + 30_000;
        assert.equal((await provider.create(request)).providerPaymentId, 'ps_1');
        assert.match(String(keys().at(-1)), new RegExp(`^${reference}-again-[0-9a-f]{12}$`));
      } finally {
        now = NOW;
      }
    });

    it('reports a refusal in its own form only, and waits otherwise', async () => {
      const asked = async (trick: Trick) => {
        upstream.trick = trick;
        return kindOf(provider.create(request));
      };
      for (const status of [400, 402, 404, 422]) {
        assert.equal(await asked(refusing('validation_error', status)), 'refused', String(status));
      }
      assert.equal(await asked(refusing('validation_error', 200)), 'refused');
      for (const status of [401, 403, 409, 429, 500, 503]) {
        assert.equal(await asked(refusing('whatever', status)), 'unavailable', String(status));
      }
      assert.equal(await asked(answering({ message: 'no such route' }, 404)), 'unavailable');
      assert.equal(await asked(answering({ status: 'error' }, 400)), 'unavailable');
      assert.equal(await asked(answering([], 400)), 'unavailable');
    });

    it('logs its error texts: short, on one line, without phone numbers', async () => {
      upstream.trick = refusing('bad_phone', 400, 'phone +7 (999) 000-11-22, 79990001122\nis not a client');
      const message = await messageOf(provider.create(request));
      assert.equal(message, 'Smart Glocal refused: 400 bad_phone: phone [masked], [masked] is not a client');
      upstream.trick = refusing('c'.repeat(1_000), 400, 'd'.repeat(100_000));
      assert.ok((await messageOf(provider.create(request))).length < 340);
      for (const odd of [null, 7, {}, []]) {
        upstream.trick = refusing(odd, 400, odd);
        assert.equal(await messageOf(provider.create(request)), 'Smart Glocal refused: 400');
      }
      upstream.trick = REPLAYED;
      assert.match(await messageOf(provider.create(request)), /has received this call before/);
    });
  });

  function refund(): RefundRequest {
    return {
      payment: ref,
      refundId: 'rfd_1',
      providerRefundId: null,
      repeated: false,
      amount: 500,
      reason: null,
    };
  }
});
