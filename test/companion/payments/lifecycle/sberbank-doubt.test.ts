import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';
import { json, SBERBANK, ScriptedBank } from '../../../support/sberbank-bank.ts';
import { until } from '../../../support/until.ts';

const CODE = 'https://sberbank.ru/qr/?ClientIdQr=40ac47c5ed7944cf8e0775a398552f2c&HashId=5c10bb41a07cbc4e';
/** The answer of a server for an unknown path. It comes neither from the bank's gateway nor from the service. */
const NO_SUCH_PATH = json({ timestamp: 'x', status: 404, error: 'Not Found', path: '/status' }, 404);

/** A companion and a bank with undocumented answers. */
describe('a code scanned for Sberbank, with undocumented answers', () => {
  let bank: ScriptedBank;
  let shop: TestCompanion;
  let payment: CreatedPayment;
  beforeEach(async () => {
    bank = await ScriptedBank.open();
    shop = await startCompanion({
      SBP_METHODS: 'buyer_qr=sberbank',
      SBP_SBERBANK_URL: bank.proxy.url,
      SBP_SBERBANK_CLIENT_ID: SBERBANK.clientId,
      SBP_SBERBANK_CLIENT_SECRET: SBERBANK.clientSecret,
      SBP_SBERBANK_MEMBER_ID: SBERBANK.memberId,
      SBP_SBERBANK_TID: SBERBANK.tid,
      SBP_SBERBANK_ID_QR: SBERBANK.idQr,
    });
    payment = await shop.createPayment({ methods: ['buyer_qr'] });
  });
  afterEach(async () => {
    try {
      await shop.stop();
    } finally {
      bank.close();
    }
  });

  const post = (action: string, body: unknown = {}) =>
    fetch(`${shop.url}/checkout/v1/session/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${payment.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const scan = async () => (await post('buyer-qr', { payload: CODE })).status;
  const session = async () => (await (await shop.checkout('/session', payment.token)).json()) as Snapshot;
  const warned = (words: RegExp) =>
    shop
      .logs()
      .split('\n')
      .some((line) => /"level":[45]0/.test(line) && words.test(line));

  it('is not replaced by another code because a wrong address knows no such order', async () => {
    const orders = new Set<string>();
    bank.onPay = (call, response) => {
      const { partner_order_number } = JSON.parse(call.body) as { partner_order_number: string };
      if (orders.has(partner_order_number)) return json({ error_code: '010000' })(call, response);
      orders.add(partner_order_number);
      return response.destroy(); // charged, its answer lost
    };
    bank.onStatus = NO_SUCH_PATH;
    assert.equal(await scan(), 200);
    await until(() => warned(/SBP_SBERBANK_STATUS_PATH/), 'the operator is told what to look at');
    assert.deepEqual([(await session()).status, (await session()).actions], ['created', []]);
    assert.equal(await scan(), 409, 'nothing else is scanned');
    assert.deepEqual([...orders], [payment.payment_id]);
    assert.equal((await shop.api(`/payments/${payment.payment_id}/cancel`, { method: 'POST' })).status, 200);
  });

  it('is reported as polled at a wrong address, while the payment waits', async () => {
    bank.onPay = json({ order_id: 'O1', order_state: 'ON_PAYMENT', error_code: '000000' });
    bank.onStatus = NO_SUCH_PATH;
    assert.equal(await scan(), 200);
    await until(() => warned(/404.*SBP_SBERBANK_STATUS_PATH/), 'a warning');
    assert.equal((await session()).status, 'processing');
  });

  it('can be replaced after a refusal, also if the status cannot be queried', async () => {
    bank.onPay = json({ status: { error_code: '050000', error_description: 'bad code' } });
    bank.onStatus = json({ httpCode: '404', httpMessage: 'Not Found' }, 404);
    assert.equal(await scan(), 422);
    assert.deepEqual((await session()).actions, ['cancel', 'buyer_qr']);
    assert.equal(bank.calls('pay').length, 1);
    assert.equal((await post('cancel')).status, 200);
  });

  it('is polled and not charged again while its order has an unknown state', async () => {
    bank.onPay = bank.onStatus = json({ order_id: 'O1', order_state: 'WEIRD_STATE', error_code: '000000' });
    assert.equal(await scan(), 200);
    await until(() => bank.calls('status').length >= 2, 'questions about it');
    assert.equal((await session()).status, 'processing');
    assert.equal(bank.calls('pay').length, 1);
    assert.ok(warned(/WEIRD_STATE/), 'the operator learns which');
    assert.equal((await shop.api(`/payments/${payment.payment_id}/cancel`, { method: 'POST' })).status, 200);
  });

  it('leaves no personal data in the log', async () => {
    bank.onPay = json({
      order_id: 'O1',
      order_state: 'DECLINED',
      error_code: '060000',
      error_description: 'Клиент +7 999 123-45-67, ivanov@example.ru подозрителен',
    });
    await scan();
    assert.match(shop.logs(), /error 060000: a suspicious operation \(Клиент/);
    assert.doesNotMatch(shop.logs(), /123-45-67|ivanov/);
  });
});
