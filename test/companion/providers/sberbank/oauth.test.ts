import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import {
  ProviderError,
  type PaymentRef,
  type Provider,
} from '../../../../src/companion/providers/provider.ts';
import { createSberbankProvider } from '../../../../src/companion/providers/sberbank/provider.ts';
import { json, ScriptedBank } from '../../../support/sberbank-bank.ts';

const ref = (reference: string): PaymentRef => ({
  reference,
  providerPaymentId: reference,
  method: 'buyer_qr',
  amount: 100,
  currency: 'RUB',
});

describe("sberbank's access token", () => {
  let bank: ScriptedBank;
  let outbound: OutboundClient;
  let provider: Provider;
  let time = Date.UTC(2026, 0, 1);
  before(() => {
    outbound = new OutboundClient({ development: true });
  });
  after(() => outbound.close());
  beforeEach(async () => {
    bank = await ScriptedBank.open();
    bank.onStatus = json({ order_state: 'ON_PAYMENT' });
    provider = createSberbankProvider({ settings: bank.settings, outbound, now: () => time });
  });
  afterEach(() => bank.close());

  const ask = (reference = 'pay_1') => provider.status(ref(reference));
  const askMany = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => ask(`pay_${i}`)));
  /** Accepts only this token. */
  const taking = (token: string) => {
    bank.onStatus = (call, response) =>
      call.headers.authorization === `Bearer ${token}`
        ? json({ order_state: 'ON_PAYMENT' })(call, response)
        : json({ httpCode: '401', httpMessage: 'Unauthorized', moreInformation: '' }, 401)(call, response);
  };

  it('is fetched once for fifty concurrent calls', async () => {
    await askMany(50);
    assert.deepEqual([bank.calls('oauth').length, bank.calls('status').length], [1, 50]);
  });

  it('is used until shortly before its end', async () => {
    await ask();
    time += 54_000;
    await ask();
    assert.equal(bank.calls('oauth').length, 1);
    time += 1_500;
    await askMany(10);
    assert.equal(bank.calls('oauth').length, 2);
  });

  it('is fetched about once a minute under constant use', async () => {
    for (let second = 0; second < 600; second += 2) {
      await ask();
      time += 2_000;
    }
    assert.equal(bank.calls('status').length, 300);
    const fetched = bank.calls('oauth').length;
    assert.ok(fetched >= 10 && fetched <= 12, `${fetched} in ten minutes`);
  });

  /** Returns for how long a token with this lifetime is used, s. */
  const usedFor = async (expires_in: unknown) => {
    bank.onToken = json({ access_token: 'token', expires_in });
    const since = time;
    await ask();
    const before = bank.calls('oauth').length;
    while (bank.calls('oauth').length === before) {
      time += 1_000;
      await ask();
    }
    const seconds = (time - since) / 1_000;
    time += 3_600_000;
    return seconds;
  };

  it('has a lifetime as a number, or as digits', async () => {
    assert.deepEqual([await usedFor(60), await usedFor('60')], [55, 55]);
  });

  it('is used for half a minute if its lifetime is unreadable', async () => {
    for (const odd of [undefined, null, '', 'soon', '60s', ' 60', '-60', '6e1', 0, -1, '0', {}]) {
      assert.equal(await usedFor(odd), 25, JSON.stringify(odd));
    }
  });

  it('is replaced once when the bank rejects it', async () => {
    await ask();
    taking('token-2');
    await askMany(50);
    assert.equal(bank.calls('oauth').length, 2);
    assert.ok(bank.calls('status').length <= 101);
  });

  it('is replaced once a call: if the bank rejects the new one too, the error is reported', async () => {
    taking('none');
    await assert.rejects(ask(), /does not take our token/);
    assert.deepEqual([bank.calls('oauth').length, bank.calls('status').length], [2, 2]);
    bank.onPay = json({ httpCode: '401', httpMessage: 'Unauthorized' }, 401);
    await assert.rejects(
      provider.charge!({ ...ref('pay_1'), payload: 'code', description: null }),
      (error) => error instanceof ProviderError && error.kind === 'unavailable',
    );
  });

  it('that cannot be fetched leaves the payment open, and is fetched again', async () => {
    const working = bank.onToken;
    for (const broken of [
      json({ httpCode: '401', httpMessage: 'Unauthorized', moreInformation: 'wrong secret' }, 401),
      json({ httpCode: '400', httpMessage: 'Bad Request', moreInformation: 'invalid scope' }, 400),
      json({ httpCode: '503', httpMessage: 'Later' }, 503),
      json({ token: 'where it should not be' }),
      json({ access_token: 'two lines\r\nX-Evil: 1', expires_in: 60 }),
      (_call: unknown, response: { destroy: () => void }) => response.destroy(),
    ]) {
      bank.onToken = broken;
      const charge = provider.charge!({ ...ref('pay_1'), payload: 'code', description: null });
      await assert.rejects(charge, (error) => error instanceof ProviderError && error.kind === 'unavailable');
    }
    assert.equal(bank.calls('pay').length, 0);
    bank.onToken = working;
    assert.equal((await ask()).status, 'processing');
  });

  it('is in no error, though the bank quotes it', async () => {
    const token = 'a1b2c3d4-e5f6-7890-abcd-ef0123456789';
    bank.onToken = json({ access_token: token, expires_in: 60 });
    const gateway = { httpCode: '500', httpMessage: 'Error', moreInformation: `token ${token} of shop` };
    bank.onStatus = json(gateway, 500);
    await assert.rejects(ask(), (error) => {
      assert.ok(error instanceof ProviderError);
      assert.match(error.message, /token … of shop/);
      return true;
    });
  });
});
