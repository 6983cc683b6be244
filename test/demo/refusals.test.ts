import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../support/companion.ts';
import { DemoShop } from '../support/demo-shop.ts';
import { RefusingProxy } from '../support/refusing-proxy.ts';
import { until } from '../support/until.ts';

/** Refusals for temporary reasons (the key, a gateway, too many calls), which say nothing about the payment. */
const PASSING = [
  [401, 'invalid_api_key'],
  [403, 'address_not_allowed'],
  [404, 'not_found'],
  [408, 'request_timeout'],
  [409, 'attention_open'],
  [409, 'not_possible_now'],
  [429, 'rate_limited'],
] as const;

describe('the shop, when the companion refuses its call', () => {
  let companion: TestCompanion;
  let proxy: RefusingProxy;
  let shop: DemoShop;
  before(async () => {
    companion = await startCompanion();
    proxy = await RefusingProxy.start(companion.url);
    shop = await DemoShop.open(proxy.url);
  });
  afterEach(() => {
    proxy.refusals.length = 0;
    proxy.calls.length = 0;
    shop.warnings.length = 0;
  });
  after(async () => {
    await shop.close();
    await proxy.stop();
    await companion.stop();
  });

  const refuse = (path: string, [status, code]: readonly [number, string]) =>
    proxy.refusals.push({ path, status, json: { code } });
  const allPaymentsOf = async (orderId: string) => {
    const response = await companion.api(`/payments?order_id=${orderId}`);
    return ((await response.json()) as { items: { payment_id: string; status: string }[] }).items;
  };
  const orderIs = (id: string, status: string) =>
    until(async () => (await shop.order(id)).order.status === status, `order ${status}`);

  /** Creates an order that is paid twice. Returns the ids of the order and of the second payment. */
  async function paidTwice(): Promise<[string, string]> {
    const { order } = await shop.buy();
    const [first] = await allPaymentsOf(order.id);
    await companion.sandbox(first!.payment_id, 'pay');
    await orderIs(order.id, 'paid');
    const second = await companion.createPayment({
      order_id: order.id,
      amount: order.amount,
      callback_url: `${shop.url}/webhooks/sbp`,
    });
    await companion.sandbox(second.payment_id, 'pay');
    return [order.id, second.payment_id];
  }
  const extraIs = (id: string, state: string) =>
    until(async () => (await shop.order(id)).order.extraPayments.join() === state, `extra payment ${state}`);

  for (const refusal of PASSING) {
    it(`gives money back later, after ${refusal.join(' ')}`, async () => {
      // The shop also repeats 408 and 429 at once, twice.
      const calls = [408, 429].includes(refusal[0]) ? 3 : 1;
      for (let call = 0; call < calls; call++) refuse('/refunds', refusal);
      const [id, second] = await paidTwice();
      await extraIs(id, 'returned');
      assert.ok(proxy.calls.filter((call) => call.startsWith('/refunds ')).length > calls);
      assert.ok(
        shop.warnings.some(
          (line) => line.includes(second) && line.includes('try again') && line.includes(refusal[1]),
        ),
        shop.warnings.join('\n'),
      );
    });
  }

  for (const refusal of [
    [409, 'not_refundable'],
    [409, 'not_paid'],
    [422, 'invalid_fields'],
  ] as const) {
    it(`leaves the money to a person, after ${refusal.join(' ')}`, async () => {
      refuse('/refunds', refusal);
      const [id, second] = await paidTwice();
      await extraIs(id, 'not_returned');
      assert.ok(shop.warnings.some((line) => line.includes(second) && line.includes('by hand')));
    });
  }

  it('leaves the money to a person when the refund itself fails, and says so in the log', async () => {
    proxy.refusals.push({ path: '/refunds', status: 201, json: { status: 'failed' } });
    const [id, second] = await paidTwice();
    await extraIs(id, 'not_returned');
    assert.ok(shop.warnings.some((line) => line.includes(second) && line.includes('by hand')));
  });

  for (const refusal of PASSING.filter(([status]) => status !== 409)) {
    it(`carries a create on under its key, after ${refusal.join(' ')}`, async () => {
      const { order, token } = await shop.buy();
      await companion.sandbox((await allPaymentsOf(order.id))[0]!.payment_id, 'decline');
      await orderIs(order.id, 'failed');
      for (let call = 0; call < 3; call++) refuse('/payments', refusal);
      await assert.rejects(shop.payAnew(order.id), /502/);
      proxy.refusals.length = 0;
      // The payment is not over: another tab may have started it.
      const shown = await shop.order(order.id);
      assert.equal(shown.order.status, 'waiting');
      assert.ok(shown.token !== null && shown.token !== token);
      assert.equal((await allPaymentsOf(order.id)).length, 2);
    });
  }

  it('begins anew under another key, after a create that is refused for good', async () => {
    const { order } = await shop.buy();
    await companion.sandbox((await allPaymentsOf(order.id))[0]!.payment_id, 'decline');
    await orderIs(order.id, 'failed');
    refuse('/payments', [422, 'invalid_fields']);
    await assert.rejects(shop.payAnew(order.id), /502/);
    assert.equal((await shop.order(order.id)).order.status, 'failed');
    assert.equal((await shop.payAnew(order.id)).order.status, 'waiting');
  });

  it('makes no new payment while the end of the former one is refused', async () => {
    const { order } = await shop.buy();
    const [former] = await allPaymentsOf(order.id);
    await companion.sandbox(former!.payment_id, 'decline');
    await orderIs(order.id, 'failed');
    refuse('/cancel', [401, 'invalid_api_key']);
    await assert.rejects(shop.payAnew(order.id), /502/);
    assert.equal((await allPaymentsOf(order.id)).length, 1);
    assert.equal((await shop.payAnew(order.id)).order.status, 'waiting');
  });
});
