import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createOrders, publicOrder, type Orders } from '../../demo/shop/server/orders.ts';
import { readReport } from '../../demo/shop/server/webhook-reports.ts';

const LINES = [{ sku: 'oolong', quantity: 1, price: 690_00 }];

/** All webhooks of one payment as `[event, version, more]`, in the order of the events. */
const LIVES = {
  'paid at once': [['payment.paid', 3]],
  'paid after a renewal': [
    ['payment.expired', 3],
    ['payment.renewed', 4],
    ['payment.processing', 6],
    ['payment.paid', 7, { late: true }],
  ],
  'paid late after its payer has canceled': [
    ['payment.canceled', 3],
    ['payment.paid', 4, { late: true }],
  ],
  declined: [
    ['payment.processing', 3],
    ['payment.failed', 4],
  ],
  'paid after the shop has canceled, and given back': [
    ['payment.expired', 3],
    ['payment.canceled', 5],
    ['payment.paid', 6, { late: true, on_late: 'refund' }],
    ['refund.succeeded', 7, { payment_status: 'refunded' }],
  ],
  'paid, then asked about': [
    ['payment.paid', 3],
    ['payment.attention', 4],
  ],
} as const;

/** The order's status and its extra payments after all webhooks. */
const ENDS: Record<keyof typeof LIVES, [status: string, extra: readonly string[]]> = {
  'paid at once': ['paid', []],
  'paid after a renewal': ['paid', []],
  'paid late after its payer has canceled': ['paid', []],
  declined: ['failed', []],
  'paid after the shop has canceled, and given back': ['failed', ['returned']],
  'paid, then asked about': ['paid', []],
};

function shopWith(lives: readonly (keyof typeof LIVES)[]) {
  const orders = createOrders({ databaseFile: ':memory:', acceptTestPayments: false });
  const { id } = orders.add(LINES);
  const webhooks = lives.flatMap((life, index) =>
    LIVES[life].map(([event, version, more = {}]) => ({
      event,
      version,
      order_id: id,
      payment_id: `pay_${index}`,
      amount: 690_00,
      ...more,
    })),
  );
  const { idempotencyKey } = orders.openPayment(id)!;
  orders.setStarted(idempotencyKey, { paymentId: 'pay_0', token: 'token' });
  return { orders, id, webhooks };
}

describe("what webhooks make of an order's payments", () => {
  for (const life of Object.keys(LIVES) as (keyof typeof LIVES)[]) {
    it(`${life}: the same in any order, however often they come`, () => {
      fc.assert(
        fc.property(inAnyOrder(2 * LIVES[life].length), (order) => {
          const { orders, id, webhooks } = shopWith([life]);
          for (const at of order) take(orders, webhooks[at % webhooks.length]!);
          assertEnd(orders, id, ENDS[life]);
          orders.close();
        }),
      );
    });
  }

  it('never counts two payments of one order, whatever comes first', () => {
    fc.assert(
      fc.property(inAnyOrder(6), (order) => {
        const { orders, id, webhooks } = shopWith(['paid after a renewal', 'paid at once', 'paid at once']);
        for (const at of order) take(orders, webhooks[at]!);
        assertEnd(orders, id, ['paid', ['returning', 'returning']]);
        assert.equal(orders.toReturn().length, 2);
        orders.close();
      }),
    );
  });

  it('takes no test for money, no other sum, and nothing of an order that it does not have', () => {
    const { orders, id, webhooks } = shopWith(['paid at once']);
    const [paid] = webhooks;
    for (const change of [{ test: true }, { amount: 1 }, { order_id: 'R-other' }]) {
      assert.equal(orders.apply(readReport({ ...paid, ...change })!), 'ignored');
    }
    assertEnd(orders, id, ['waiting', []]);
    orders.close();
  });
});

/** Generates the indexes from 0 to `count - 1` in any order. */
function inAnyOrder(count: number) {
  const places = Array.from({ length: count }, (_, place) => place);
  return fc.shuffledSubarray(places, { minLength: count });
}

function assertEnd(
  orders: Orders,
  id: string,
  [status, extra]: readonly [status: string, extra: readonly string[]],
): void {
  const shown = publicOrder(orders.find(id)!, orders.paymentsOf(id));
  assert.deepEqual([shown.status, shown.extraPayments], [status, extra]);
}

function take(orders: Orders, webhook: Readonly<Record<string, unknown>>): void {
  const report = readReport(webhook);
  if (report) orders.apply(report);
}
