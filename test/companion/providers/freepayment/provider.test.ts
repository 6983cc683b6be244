import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Provider, ProviderError } from '../../../../src/companion/providers/provider.ts';
import type { Variant } from '../../../../src/companion/providers/freepayment/variants.ts';
import {
  answering,
  kindOf,
  LINK,
  payment,
  request,
  ScriptedAcquirer,
  UID,
  WEBHOOK_URL,
} from '../../../support/freepayment.ts';
import { FAULTS } from '../../../support/upstream-proxy.ts';

describe('the freepayment provider', () => {
  let acquirer: ScriptedAcquirer;
  let provider: Provider;
  before(async () => {
    acquirer = await ScriptedAcquirer.start();
    provider = acquirer.provider();
  });
  after(() => acquirer.stop());
  beforeEach(() => {
    acquirer.calls.length = 0;
  });

  describe('creates a payment', () => {
    it("in one call with the shop's data", async () => {
      acquirer.says({});
      await provider.create(request);
      const [call, ...more] = acquirer.calls;
      assert.equal(more.length, 0);
      assert.equal(`${call!.method} ${call!.path}`, 'POST /beyag/transactions/payments');
      assert.equal(call!.headers.authorization, `Basic ${Buffer.from('shop:key').toString('base64')}`);
      assert.deepEqual(JSON.parse(call!.body), {
        request: {
          amount: 100_000,
          currency: 'RUB',
          description: 'Ромашки',
          test: false,
          tracking_id: request.reference,
          notification_url: WEBHOOK_URL,
          return_url: 'https://shop.example/thanks',
          ip: '203.0.113.7',
          customer: { phone: '79990001122', email: 'payer@example.ru' },
          method: { type: 'sbp' },
        },
      });
    });

    it('and leaves out missing data, or fills in what the acquirer requires', async () => {
      acquirer.says({});
      await acquirer
        .provider({ test: true })
        .create({ ...request, description: null, returnUrl: null, customer: { country: 'RU' } });
      const { request: body } = JSON.parse(acquirer.calls[0]!.body) as { request: Record<string, unknown> };
      assert.deepEqual(
        [body['description'], body['return_url'], body['test'], body['customer'], 'ip' in body],
        ['Заказ ORD-1', request.hostedPage, true, { country: 'RU' }, false],
      );
    });

    it('with phones in digits, and with 7 for the Russian prefix 8', async () => {
      acquirer.says({});
      const sent = async (phone: string) => {
        await provider.create({ ...request, customer: { phone } });
        return (JSON.parse(acquirer.calls.at(-1)!.body) as { request: { customer: unknown } }).request
          .customer;
      };
      assert.deepEqual(await sent('8 (999) 000-11-22'), { phone: '79990001122' });
      assert.deepEqual(await sent('+8613912345678'), { phone: '8613912345678' });
      assert.deepEqual(await sent('9990001122'), { phone: '9990001122' });
    });

    it('and rejects another payment in the response', async () => {
      for (const other of [
        { tracking_id: 'pay_other' },
        { amount: 99_999 },
        { currency: 'USD' },
        { type: 'refund' },
        { amount: '100000' },
        { uid: '../../x' },
        { uid: undefined },
      ]) {
        acquirer.says(other);
        assert.equal(await kindOf(provider.create(request)), 'unavailable', JSON.stringify(other));
      }
    });

    it('and reports an immediate failure, and leaves other statuses to the status call', async () => {
      for (const status of ['failed', 'error']) {
        acquirer.says({ status, form: undefined });
        assert.equal(await kindOf(provider.create(request)), 'refused', status);
      }
      for (const status of ['successful', 'expired', 'deleted']) {
        acquirer.says({ status });
        assert.deepEqual((await provider.create(request)).presentation, { kind: 'pending' }, status);
      }
      acquirer.says({ form: null });
      assert.deepEqual((await provider.create(request)).presentation, { kind: 'pending' }, 'no form yet');
    });
  });

  it("requires its variant's fields, before any call", () => {
    const missing = (variant: Variant, customer: object) =>
      acquirer.provider({ variant }).objections!({ customer, method: 'sbp' }).map(({ path }) => path);
    assert.deepEqual(missing('SY', {}), ['customer.ip', 'customer.email']);
    assert.deepEqual(missing('SY', { ip: '203.0.113.7', country: 'RU' }), []);
    assert.deepEqual(missing('SY', { phone: '+79990001122' }), ['customer.ip']);
    assert.deepEqual(missing('IZ', { ip: '203.0.113.7' }), ['customer.phone', 'customer.email']);
    assert.deepEqual(missing('IZ', { phone: '+79990001122', email: 'a@b.ru' }), []);
    assert.deepEqual([...missing('BC', {}), ...missing('MT', {})], []);
    assert.equal(acquirer.calls.length, 0);
    assert.equal(acquirer.provider({ variant: 'MT' }).capabilities.refund, 'once');
  });

  describe('reads the status of a payment', () => {
    const statusOf = async (fields: object) => {
      acquirer.says(fields);
      const { status, amount, currency } = await provider.status(payment);
      return { status, amount, currency };
    };

    it('by its uid, and reports the amount unchanged', async () => {
      const said = { amount: 100_000, currency: 'RUB' };
      for (const [status, ours] of Object.entries({
        pending: 'created',
        successful: 'paid',
        failed: 'failed',
        error: 'failed',
        expired: 'expired',
        deleted: 'canceled',
        teleported: null,
        constructor: null,
      })) {
        assert.deepEqual(await statusOf({ status }), { status: ours, ...said }, status);
      }
      const [call] = acquirer.calls;
      assert.equal(`${call!.method} ${call!.path}`, `GET /beyag/transactions/${UID}`);
      assert.equal(call!.body, '');
      assert.deepEqual(await statusOf({ status: 'successful', amount: 1, currency: 'USD' }), {
        status: 'paid',
        amount: 1,
        currency: 'USD',
      });
      assert.deepEqual(await statusOf({ status: 'successful', amount: undefined }), {
        status: 'paid',
        amount: null,
        currency: 'RUB',
      });
      assert.equal((await statusOf({ status: 7 })).status, null);
    });

    it('and logs an unknown status, without a presentation', async () => {
      acquirer.says({ status: 'on_hold', message: 'ask +7 999 000-11-22' });
      const { status, presentation, detail } = await provider.status(payment);
      assert.deepEqual([status, presentation, detail], [null, null, 'on_hold ask [masked]']);
    });

    it('and reports test mode for every value except a plain false', async () => {
      for (const test of [true, 1, 0, 'true', 'false', '', {}, []]) {
        acquirer.says({ status: 'successful', test });
        assert.equal((await provider.status(payment)).test, true, JSON.stringify(test));
        acquirer.says({ status: 'pending', test });
        assert.equal((await provider.create(request)).test, true, JSON.stringify(test));
      }
      acquirer.says({ status: 'successful', test: false });
      assert.equal((await provider.status(payment)).test, false);
      for (const unsaid of [{ test: null }, { test: undefined }]) {
        acquirer.says({ status: 'successful', ...unsaid });
        assert.equal((await provider.status(payment)).test, null);
      }
    });

    it('and reports when its code ends, if its variant has an end', async () => {
      acquirer.says({});
      assert.equal((await acquirer.provider({ variant: 'SY' }).status(payment)).expiresAt, null);
      const { expiresAt } = await acquirer.provider({ variant: 'MT' }).status(payment);
      const created = await acquirer.provider({ variant: 'MT' }).create(request);
      assert.ok(Math.abs(expiresAt! - created.expiresAt!) < 1_000);
    });

    it('and rejects a response about another payment', async () => {
      for (const other of [
        { uid: 'other' },
        { tracking_id: 'pay_other' },
        { type: 'refund' },
        { amount: 1.5 },
      ]) {
        acquirer.says(other);
        assert.equal(await kindOf(provider.status(payment)), 'unavailable', JSON.stringify(other));
      }
      acquirer.trick = answering({ response: { status: 'error', message: 'Not found' } }, 404);
      assert.equal(
        await kindOf(provider.status(payment)),
        'unavailable',
        'we have its uid from the acquirer',
      );
      acquirer.trick = answering({ message: 'what?', errors: { uid: ['is odd'] } }, 422);
      assert.equal(await kindOf(provider.status(payment)), 'unavailable', 'a question is not refused');
    });

    it('and reports a late link, and no harmful one', async () => {
      acquirer.says({});
      assert.deepEqual((await provider.status(payment)).presentation, {
        kind: 'link',
        url: LINK,
        deep_link: null,
      });
      for (const form of [undefined, null, 7, { action: 'javascript:1', method: 'GET' }]) {
        acquirer.says({ status: 'successful', form });
        const { status, presentation } = await provider.status(payment);
        assert.deepEqual([status, presentation], ['paid', null]);
      }
    });

    it("only once the acquirer's uid is known", async () => {
      const call = provider.status({ ...payment, providerPaymentId: null });
      assert.equal(await kindOf(call), 'unavailable');
      assert.equal(acquirer.calls.length, 0);
    });
  });

  for (const [fault, trick] of Object.entries(FAULTS)) {
    if (fault.startsWith('takes the call') || fault.startsWith('asks another')) continue;
    it(`reports "unavailable" when the acquirer ${fault}`, async () => {
      acquirer.trick = trick;
      assert.equal(await kindOf(provider.create(request)), 'unavailable');
      assert.equal(await kindOf(provider.status(payment)), 'unavailable');
      assert.ok(acquirer.calls.length <= 6, `${acquirer.calls.length} calls`);
      const bodies = acquirer.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);
      assert.equal(new Set(bodies).size, 1, 'every try says the same');
    });
  }

  describe('reports a refusal', () => {
    const refusal = async (json: unknown, status = 422) => {
      acquirer.trick = answering(json, status);
      return provider.create(request).then(
        () => 'answered',
        (error: unknown) => `${(error as ProviderError).kind}: ${(error as ProviderError).message}`,
      );
    };

    it('in both documented forms', async () => {
      assert.equal(
        await refusal({ errors: { customer: { email: ['is missing'] }, ip: ['is odd'] }, message: 'Wrong.' }),
        'refused: Freepayment refused: 422 Wrong. (customer.email, ip)',
      );
      assert.equal(
        await refusal({ response: { status: 'error', message: 'Shop is closed' } }, 400),
        'refused: Freepayment refused: 400 Shop is closed',
      );
    });

    it('in no other form, and not for a possible repeat or a wrong address', async () => {
      assert.match(await refusal({ something: 'else' }), /^unavailable/);
      for (const status of [401, 403, 404, 405, 409, 429]) {
        assert.match(await refusal({ message: 'no' }, status), /^unavailable/, String(status));
      }
    });

    it("without the payer's data in the log", async () => {
      const message = `Bad payer@example.ru, +7 (999) 000-11-22, 4111 1111 1111 1111 ${'x'.repeat(500)}`;
      const told = await refusal({ errors: { 'payer@example.ru': ['x'], '79990001122': ['x'] }, message });
      assert.doesNotMatch(told, /example\.ru|000|1111/);
      assert.ok(told.length < 250, told);
    });
  });
});
