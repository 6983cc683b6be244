import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeOrder,
  moneyOf,
  orderExists,
  readOrder,
  type Order,
} from '../../../../src/companion/providers/sberbank/messages.ts';
import { paymentStatus } from '../../../../src/companion/providers/sberbank/status-codes.ts';
import {
  gatewayErrorText,
  sanitizeBankText,
} from '../../../../src/companion/providers/sberbank/error-texts.ts';

const OPERATION = {
  operation_type: 'PAY',
  operation_sum: 100,
  operation_currency: '643',
  response_code: '00',
};

function order(fields: Record<string, unknown>): Order {
  const read = readOrder({
    order_id: 'o1',
    error_code: '000000',
    order_operation_params: OPERATION,
    ...fields,
  });
  assert.ok(read, JSON.stringify(fields));
  return read;
}

describe("sberbank's order", () => {
  it('has the status of its state', () => {
    const expected = {
      CREATED: 'processing',
      ON_PAYMENT: 'processing',
      N_PAYMENT: 'processing',
      AUTHORIZED: 'processing',
      PAID: 'paid',
      CONFIRMED: 'paid',
      DECLINED: 'failed',
      EXPIRED: 'expired',
      REVOKED: 'canceled',
      REVERSED: 'refunded',
      REFUNDED: 'refunded',
      TELEPORTED: null,
      paid: null,
      constructor: null,
    };
    for (const [order_state, status] of Object.entries(expected)) {
      assert.equal(paymentStatus(order({ order_state })), status, order_state);
    }
    assert.equal(paymentStatus(order({})), null);
  });

  it('is paid only if nothing in the message contradicts it', () => {
    const paid = (fields: object) => paymentStatus(order({ order_state: 'PAID', ...fields }));
    assert.equal(paid({ order_operation_params: undefined, error_code: undefined }), 'paid');
    assert.equal(paid({ error_code: '130000' }), null);
    assert.equal(paid({ order_operation_params: { ...OPERATION, response_code: '05' } }), null);
  });

  it('failed if its purchase was declined, though the bank leaves it open', () => {
    const created = (response_code: string) =>
      paymentStatus(
        order({ order_state: 'CREATED', order_operation_params: { ...OPERATION, response_code } }),
      );
    assert.equal(created('51'), 'failed');
    assert.equal(created('00'), 'processing');
    assert.equal(created('Q7'), 'processing', 'a code that nobody published decides nothing');
    assert.equal(created('0'), 'processing', 'a number has lost its zero');
    for (const code of '01 05 06 07 51 68 75 76 81 82 89 92 93 94 95 96'.split(' '))
      assert.equal(created(code), 'failed', code);
  });

  it('has an amount in kopecks', () => {
    assert.deepEqual(moneyOf(order({})), { amount: 100, currency: 'RUB' });
    assert.deepEqual(moneyOf(order({ order_operation_params: null })), { amount: null, currency: null });
    const dollars = { ...OPERATION, operation_currency: 840 };
    assert.equal(moneyOf(order({ order_operation_params: dollars })).currency, '840');
    const again = [{ ...OPERATION, response_code: '51', operation_sum: 1 }, OPERATION];
    assert.equal(moneyOf(order({ order_operation_params: again })).amount, 100);
  });

  it('is read in every type that the bank uses', () => {
    const text = order({
      order_operation_params: { ...OPERATION, operation_sum: '125000', operation_currency: 643 },
    });
    assert.deepEqual(moneyOf(text), { amount: 125_000, currency: 'RUB' });
    const numbers = { ...OPERATION, response_code: 0 };
    assert.equal(
      paymentStatus(order({ order_state: 'PAID', error_code: 0, order_operation_params: numbers })),
      'paid',
    );
    const declined = { ...OPERATION, response_code: 5 };
    assert.equal(
      paymentStatus(order({ order_state: 'CREATED', order_operation_params: declined })),
      'failed',
    );
  });

  it('has a text for every published code', () => {
    const said = (error_code: string) => describeOrder(order({ error_code }));
    assert.match(said('070000')!, /error 070000: more to give back/);
    assert.match(said('090000')!, /error 090000: the original order/);
    assert.match(said('170000')!, /error 170000: outside the time/);
    const response_code = '96';
    assert.match(
      describeOrder(order({ order_operation_params: { ...OPERATION, response_code } }))!,
      /response 96: a general/,
    );
  });

  it('is unreadable if a field about money is invalid', () => {
    for (const operation_sum of ['1.5', '1e3', '-1', ' 100', '', '9'.repeat(16), 1.5, -1, 1e21, {}, true]) {
      const message = { order_state: 'PAID', order_operation_params: { ...OPERATION, operation_sum } };
      assert.equal(readOrder(message), null, JSON.stringify(operation_sum));
    }
    for (const message of [
      null,
      'PAID',
      7,
      [],
      { order_state: 7 },
      { order_id: 'o', order_operation_params: 'x' },
    ]) {
      const read = readOrder(message);
      assert.ok(read === null || !orderExists(read), JSON.stringify(message));
    }
  });

  it('is read if a field that does not matter is invalid', () => {
    const odd = {
      error_description: 7,
      mid: [],
      order_operation_params: { ...OPERATION, response_desc: {} },
    };
    assert.equal(
      paymentStatus(order({ ...odd, order_state: ' PAID ', error_code: 0, order_id: 'two words' })),
      'paid',
    );
    assert.equal(order({ ...odd, order_id: 'two words' }).orderId, null);
  });

  it('describes its errors, and shows unpublished codes unchanged', () => {
    assert.equal(describeOrder(order({})), null);
    const declined = { ...OPERATION, response_code: '33', response_desc: 'Карта просрочена' };
    assert.equal(
      describeOrder(
        order({ error_code: '130007', error_description: 'Отказ', order_operation_params: declined }),
      ),
      'error 130007: the operation was not successful (Отказ); response 33: the card has expired (Карта просрочена)',
    );
    assert.equal(describeOrder(order({ error_code: 'X1' })), 'error X1');
    assert.equal(describeOrder(order({ order_state: 'TELEPORTED' })), 'state TELEPORTED');
    assert.equal(
      describeOrder(order({ order_state: 'PAID', error_code: '130000' })),
      'state PAID; error 130000: the operation was not successful',
      'a state that the message itself denies',
    );
  });
});

describe("the bank's own texts", () => {
  it('are one line of at most 300 characters', () => {
    assert.equal(sanitizeBankText('a\r\nb\u0000\tc'), 'a b c');
    assert.equal(sanitizeBankText('слово '.repeat(100)).length, 300);
  });

  it('contain no code, no token and no link', () => {
    const code = 'https://sberbank.ru/qr/?ClientIdQr=40ac47c5ed7944cf8e0775a398552f2c&HashId=5c10bb41&online';
    assert.equal(sanitizeBankText(`Код ${code} неверен`), 'Код … неверен');
    assert.equal(sanitizeBankText(`token=AAIgZjk2NDUwYzItYjkzZC00 не тот`), '… не тот');
  });

  it('contain no personal data', () => {
    assert.equal(
      sanitizeBankText('Клиент +79991234567 (или 8 999 123-45-67), ivanov@example.ru не найден'),
      'Клиент [masked] (или [masked]), [masked] не найден',
    );
  });

  it("are read as the gateway's only from the gateway's form", () => {
    assert.equal(
      gatewayErrorText({ httpCode: '404', httpMessage: 'Not Found', moreInformation: '' }),
      'Not Found',
    );
    assert.equal(gatewayErrorText({ httpCode: 500 }), 'no reason given');
    for (const other of [undefined, null, 'text', [], { order_state: 'PAID' }]) {
      assert.equal(gatewayErrorText(other), null);
    }
  });
});
