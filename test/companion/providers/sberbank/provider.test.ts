import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import {
  ProviderError,
  type ChargeRequest,
  type PaymentRef,
  type Provider,
} from '../../../../src/companion/providers/provider.ts';
import { createSberbankProvider } from '../../../../src/companion/providers/sberbank/provider.ts';
import { json, ScriptedBank } from '../../../support/sberbank-bank.ts';
import { FAULTS } from '../../../support/upstream-proxy.ts';

type Fields = Record<string, unknown>;
const fixture = (name: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../fixtures/sberbank', `${name}.json`), 'utf8'),
  ) as Fields;
const SAMPLE = fixture('pay.request') as { pay_load: string; partner_order_number: string };
const ANSWER = (fixture('pay.response') as { PayRusClientQRRs: { status: Fields } }).PayRusClientQRRs.status;

const NOW = Date.parse('2020-06-19T12:17:01.789Z');
const PAYMENT: PaymentRef = {
  reference: SAMPLE.partner_order_number,
  providerPaymentId: SAMPLE.partner_order_number,
  method: 'buyer_qr',
  amount: 48_000,
  currency: 'RUB',
};
const CHARGE: ChargeRequest = { ...PAYMENT, payload: SAMPLE.pay_load, description: 'Оплата заказа' };

const wrapped = (fields: Fields) => ({ PayRusClientQRRs: { status: { ...ANSWER, ...fields } } });
const refusal = (error_code: string, fields: Fields = {}) => ({
  PayRusClientQRRs: { status: { rq_uid: 'x', error_code, error_description: '', ...fields } },
});
const gateway = (httpCode: number, moreInformation = 'why not') => ({
  httpCode: String(httpCode),
  httpMessage: 'Not like this',
  moreInformation,
});

describe('the sberbank provider', () => {
  let bank: ScriptedBank;
  let outbound: OutboundClient;
  let provider: Provider;
  before(() => {
    outbound = new OutboundClient({ development: true });
  });
  after(() => outbound.close());
  beforeEach(async () => {
    bank = await ScriptedBank.open();
    provider = createSberbankProvider({ settings: bank.settings, outbound, now: () => NOW });
  });
  afterEach(() => bank.close());
  const charge = (fields: Partial<ChargeRequest> = {}) => provider.charge!({ ...CHARGE, ...fields });

  async function failureOf(call: Promise<unknown>): Promise<{ kind: string; message: string }> {
    return call.then(
      () => ({ kind: 'answered', message: '' }),
      (error: unknown) => {
        assert.ok(error instanceof ProviderError, String(error));
        return { kind: error.kind, message: error.message };
      },
    );
  }

  it('makes no call before there is a code', async () => {
    const made = await provider.create({ ...CHARGE } as never);
    assert.deepEqual(made, {
      providerPaymentId: PAYMENT.reference,
      qrId: null,
      presentation: { kind: 'scan' },
      expiresAt: null,
    });
    assert.equal(bank.proxy.calls.length, 0);
  });

  it('requests a token and a payment as published', async () => {
    bank.onPay = json(wrapped({}));
    await charge();
    const [token, pay] = bank.proxy.calls;
    assert.equal(`${token!.method} ${token!.path}`, 'POST /prod/tokens/v3/oauth');
    const basic = Buffer.from('shop-client:shop-secret-0123456789').toString('base64');
    assert.equal(token!.headers.authorization, `Basic ${basic}`);
    assert.match(String(token!.headers['rquid']), /^[0-9a-f]{32}$/);
    assert.equal(token!.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(
      token!.body,
      'grant_type=client_credentials&scope=https%3A%2F%2Fapi.sberbank.ru%2Fqr%2Forder.pay',
    );
    assert.equal(`${pay!.method} ${pay!.path}`, 'POST /prod/qr/bscanc/v1/pay');
    assert.equal(pay!.headers.authorization, 'Bearer token-1');
    assert.equal(pay!.headers['x-ibm-client-id'], 'shop-client');
    const body = JSON.parse(pay!.body) as Fields;
    assert.equal(pay!.headers['x-introspect-rquid'], body['rq_uid']);
    assert.match(String(body['rq_uid']), /^[0-9a-f]{32}$/);
    assert.deepEqual({ ...body, rq_uid: '' }, { ...SAMPLE, rq_uid: '' });
  });

  it('reads the published response', async () => {
    bank.onPay = json(fixture('pay.response'));
    assert.deepEqual(await charge(), {
      reference: PAYMENT.reference,
      status: 'paid',
      amount: 48_000,
      currency: 'RUB',
      providerPaymentId: '201221fc8a5d4a77a7be9d8b5320a4da',
      detail: null,
    });
  });

  it('sends a text for a payment without a description, cut to the maximum', async () => {
    bank.onPay = json(wrapped({}));
    await charge({ description: null });
    await charge({ description: '' });
    await charge({ description: `${'а'.repeat(127)}🌼🌼` });
    const messages = bank.calls('pay').map(({ body }) => (JSON.parse(body) as Fields)['operation_message']);
    assert.deepEqual(messages, ['Оплата заказа', 'Оплата заказа', 'а'.repeat(127)]);
  });

  it('uses the same id in every repeat, and a different one for each payment', async () => {
    bank.onPay = json(wrapped({ partner_order_number: null }));
    await charge();
    await createSberbankProvider({ settings: bank.settings, outbound, now: () => NOW + 60_000 }).charge!(
      CHARGE,
    );
    await charge({ reference: 'pay_other' });
    const uids = bank.calls('pay').map(({ body }) => (JSON.parse(body) as Fields)['rq_uid']);
    assert.equal(uids[0], uids[1]);
    assert.notEqual(uids[0], uids[2]);
  });

  it('never makes two calls at a time for one payment', async () => {
    bank.onPay = (call, response) => setTimeout(() => json(wrapped({}))(call, response), 50);
    const reports = await Promise.all([charge(), charge(), charge()]);
    assert.deepEqual(new Set(reports.map(({ status }) => status)), new Set(['paid']));
    assert.equal(bank.calls('pay').length, 1);
    await charge();
    assert.equal(bank.calls('pay').length, 2, 'afterwards it may be repeated');
  });

  describe('when a code cannot be charged', () => {
    it('reports an error without an order as a refusal, and logs the reason', async () => {
      for (const [code, words] of [
        ['050001', /data that was not found/],
        ['140000', /the id_qr is not known/],
        ['770000', /error 770000/],
        ['000001', /error 000001/],
      ] as const) {
        bank.onPay = json(refusal(code, { error_description: 'Нет такого' }));
        const { kind, message } = await failureOf(charge());
        assert.equal(kind, 'refused', code);
        assert.match(message, words);
        assert.match(message, /Нет такого/);
      }
    });

    it('reports the refusal of a repeat as unavailable, because an earlier try got no response', async () => {
      const no = json(refusal('010000'));
      const tokenRunOut = json(gateway(401), 401);
      for (const answers of [[no], [tokenRunOut, no]]) {
        const next = [(_: unknown, response: { destroy: () => void }) => response.destroy(), ...answers];
        bank.onPay = (call, response) => next.shift()!(call, response);
        const { kind, message } = await failureOf(charge());
        assert.deepEqual([kind, next.length], ['unavailable', 0]);
        assert.match(message, /error 010000.*an earlier try got no response/);
      }
    });

    it('waits while the bank has not decided', async () => {
      for (const code of ['990000', '080000']) {
        bank.onPay = json(refusal(code));
        assert.equal((await failureOf(charge())).kind, 'unavailable', code);
      }
    });

    it('reports a declined order as failed, and logs the reason', async () => {
      const operation = { operation_type: 'PAY', response_code: '51', response_desc: '' };
      bank.onPay = json(wrapped({ order_state: 'DECLINED', order_operation_params: operation }));
      const { status, detail } = await charge();
      assert.deepEqual([status, detail], ['failed', 'response 51: not enough money']);
    });

    it('reports a refusal of the gateway only if the call went no further', async () => {
      for (const [code, kind] of [
        [400, 'refused'],
        [422, 'refused'],
        [401, 'unavailable'],
        [403, 'unavailable'],
        [404, 'unavailable'],
        [405, 'unavailable'],
        [409, 'unavailable'],
        [429, 'unavailable'],
        [500, 'unavailable'],
        [503, 'unavailable'],
      ] as const) {
        bank.onPay = json(gateway(code, 'слово '.repeat(100)), code);
        const failure = await failureOf(charge());
        assert.equal(failure.kind, kind, String(code));
        assert.match(failure.message, /Not like this: слово/, String(code));
        assert.ok(failure.message.length < 400, failure.message);
      }
    });

    for (const [fault, trick] of Object.entries(FAULTS)) {
      if (fault.startsWith('takes the call')) continue;
      it(`reports "unavailable" when the bank ${fault}`, async () => {
        bank.onPay = bank.onStatus = (call, response) =>
          trick(call, response, () => Promise.reject(new Error()));
        assert.equal((await failureOf(charge())).kind, 'unavailable');
        assert.notEqual((await failureOf(provider.status(PAYMENT))).kind, 'answered');
        assert.ok(bank.calls('pay').length <= 3);
      });
    }

    it('rejects another order in the response', async () => {
      bank.onPay = json(wrapped({ partner_order_number: 'other' }));
      assert.equal((await failureOf(charge())).kind, 'unavailable');
    });
  });

  describe('when it reads an order', () => {
    it('sends every known id', async () => {
      bank.onStatus = json(ANSWER);
      await provider.status(PAYMENT);
      await provider.status({ ...PAYMENT, providerPaymentId: 'ab12' });
      const [first, second] = bank.calls('status').map(({ body }) => JSON.parse(body) as Fields);
      assert.deepEqual(
        { ...first, rq_uid: '' },
        {
          rq_uid: '',
          rq_tm: '2020-06-19T12:17:01Z',
          partner_order_number: PAYMENT.reference,
          tid: '21325622',
        },
      );
      assert.equal(second!['order_id'], 'ab12');
      assert.equal(bank.calls('status')[0]!.path, '/prod/qr/order/v3/status');
    });

    it('reads it in any wrapping', async () => {
      const { order_operation_params: operation, ...fields } = ANSWER;
      for (const body of [
        ANSWER,
        { status: ANSWER },
        { OrderStatusQrRs: { status: ANSWER } },
        { ...fields, order_operation_params: [operation] },
        { ...fields, order_operation_params: [{ operation_type: 'REFUND', operation_sum: 1 }, operation] },
      ]) {
        bank.onStatus = json(body);
        const { status, amount } = await provider.status(PAYMENT);
        assert.deepEqual([status, amount], ['paid', 48_000], JSON.stringify(body));
      }
    });

    it('reports a missing order: nothing was charged', async () => {
      for (const [body, code] of [
        [refusal('100000'), 200],
        [{ error_code: '101234' }, 200],
        [{ order_state: 'DECLINED', error_code: '100000' }, 200],
        [{ error_code: '100000' }, 404],
      ] as const) {
        bank.onStatus = json(body, code);
        const { status, amount } = await provider.status(PAYMENT);
        assert.deepEqual([status, amount], ['created', null], JSON.stringify(body));
      }
    });

    it('rejects a message that contradicts itself about an order', async () => {
      for (const fields of [{ order_state: 'PAID' }, { order_id: 'o1' }]) {
        bank.onStatus = json({ ...fields, error_code: '100000' });
        assert.equal((await provider.status(PAYMENT)).status, null, JSON.stringify(fields));
      }
    });

    it('tells a refused status call from an outage, and names the settings to check', async () => {
      for (const [body, code, words] of [
        [gateway(404), 404, /SBP_SBERBANK_STATUS_PATH/],
        [{ message: 'no such order' }, 404, /SBP_SBERBANK_STATUS_PATH/],
        [{ status: 404, error: 'Not Found', path: '/prod/status' }, 404, /SBP_SBERBANK_STATUS_PATH/],
        [{ error_code: 1004 }, 404, /error 1004/],
        [gateway(403), 403, /SBP_SBERBANK_STATUS_SCOPE/],
        [gateway(401), 401, /SBP_SBERBANK_STATUS_SCOPE/],
        [refusal('050000'), 200, /malformed request/],
      ] as const) {
        bank.onStatus = json(body, code);
        const { kind, message } = await failureOf(provider.status(PAYMENT));
        assert.equal(kind, 'refused', String(code));
        assert.match(message, words);
      }
    });

    it('stops waiting for an order with an unpublished code', async () => {
      let now = NOW;
      const provider = createSberbankProvider({ settings: bank.settings, outbound, now: () => now });
      const operation = { operation_type: 'PAY', operation_sum: 100, operation_currency: '643' };
      const asked = async (order_state: string, response_code: string) => {
        bank.onStatus = json({
          ...ANSWER,
          order_state,
          order_operation_params: [{ ...operation, response_code }],
        });
        return (await provider.status(PAYMENT)).status;
      };
      assert.equal(await asked('CREATED', 'Q7'), 'processing');
      now += 59_000;
      assert.equal(await asked('CREATED', 'Q7'), 'processing');
      now += 1_000;
      assert.equal(await asked('ON_PAYMENT', 'Q7'), 'processing', 'the state says that it is under way');
      assert.equal(await asked('CREATED', 'Q7'), 'processing', 'and so the minute begins anew');
      now += 60_000;
      assert.equal(await asked('CREATED', 'Q7'), 'failed');
      assert.equal(await asked('PAID', '00'), 'paid');
    });

    it('uses the configured path and scope', async () => {
      const settings = { ...bank.settings, statusPath: '/qr/elsewhere/status', statusScope: 'scope-two' };
      const other = createSberbankProvider({ settings, outbound, now: () => NOW });
      bank.onStatus = json(ANSWER);
      bank.onPay = json(wrapped({}));
      await other.charge!(CHARGE);
      await other.status(PAYMENT);
      assert.equal(bank.calls('status')[0]!.path, '/prod/qr/elsewhere/status');
      assert.deepEqual(
        bank.calls('oauth').map(({ body }) => new URLSearchParams(body).get('scope')),
        ['https://api.sberbank.ru/qr/order.pay', 'scope-two'],
      );
    });
  });

  it('has no refunds and no webhooks', async () => {
    const refund = {
      payment: PAYMENT,
      refundId: 'r',
      providerRefundId: null,
      repeated: false,
      amount: 1,
      reason: null,
    };
    assert.equal((await failureOf(provider.refund(refund))).kind, 'refused');
    assert.throws(() => provider.parseWebhook({ headers: {}, body: Buffer.from('{}') }));
    assert.equal(bank.proxy.calls.length, 0);
  });
});
