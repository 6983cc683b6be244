import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { OrderAnswer } from '../../demo/shop/order.ts';
import { startCompanion, type TestCompanion } from '../support/companion.ts';
import { DemoShop } from '../support/demo-shop.ts';
import { until } from '../support/until.ts';

interface Seen {
  readonly payment_id: string;
  readonly status: string;
  readonly renewable_until: string | null;
}

/** The shop with a real companion. An order never has two payable codes, and keeps exactly one payment. */
describe('one order, one payment', () => {
  let companion: TestCompanion;
  let shop: DemoShop;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbp-shop-'));
    companion = await startCompanion();
    shop = await DemoShop.open(companion.url, join(directory, 'shop.sqlite'));
  });
  after(async () => {
    await shop.close();
    await companion.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Returns all payments of an order at the companion, oldest first. */
  async function paymentsOf({ order }: OrderAnswer): Promise<Seen[]> {
    const response = await companion.api(`/payments?order_id=${order.id}`);
    return ((await response.json()) as { items: Seen[] }).items.reverse();
  }
  const isPayable = ({ status, renewable_until }: Seen) =>
    ['created', 'processing'].includes(status) || (status === 'expired' && renewable_until !== null);
  async function act(payment: Seen | undefined, action: string): Promise<void> {
    await companion.sandbox(payment!.payment_id, action);
  }
  async function renew({ token }: OrderAnswer): Promise<void> {
    const response = await fetch(`${companion.url}/checkout/v1/session/renew`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 200);
  }
  async function cancelByPayer({ order, token }: OrderAnswer): Promise<void> {
    await fetch(`${companion.url}/checkout/v1/session/cancel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    await orderIs(order.id, 'failed');
  }
  /** Waits until the shop has applied the webhook of a change. */
  const heard = ({ order: { id, revision } }: OrderAnswer) =>
    until(async () => (await shop.order(id)).order.revision > revision, 'the webhook');
  const orderIs = (id: string, status: string) =>
    until(async () => (await shop.order(id)).order.status === status, `order ${status}`);
  const extraIs = (id: string, states: readonly string[]) =>
    until(
      async () => (await shop.order(id)).order.extraPayments.join() === states.join(),
      `extra payments ${states.join()}`,
    );

  it('has no second payment beside one that the payer has begun anew', async () => {
    const bought = await shop.buy();
    await act((await paymentsOf(bought))[0], 'expire');
    await renew(bought);
    const again = await shop.payAnew(bought.order.id);
    assert.equal((await paymentsOf(bought)).filter(isPayable).length, 1);
    await act((await paymentsOf(bought)).at(-1), 'pay');
    await orderIs(bought.order.id, 'paid');
    assert.equal(again.order.status, 'waiting');
    assert.deepEqual((await shop.order(bought.order.id)).order.extraPayments, []);
  });

  it('leaves an expired payment to its payer as long as it can be renewed', async () => {
    const bought = await shop.buy();
    await act((await paymentsOf(bought))[0], 'expire');
    await heard(bought);
    const shown = await shop.order(bought.order.id);
    assert.deepEqual([shown.order.status, shown.token], ['waiting', bought.token]);
  });

  it('ends an expired payment before another is made, and its renewals with it', async () => {
    const bought = await shop.buy();
    await act((await paymentsOf(bought))[0], 'expire');
    await heard(bought);
    const again = await shop.payAnew(bought.order.id);
    assert.notEqual(again.token, bought.token);
    const [former, latter] = await paymentsOf(bought);
    assert.deepEqual([former!.status, latter!.status], ['canceled', 'created']);
    // Money that still arrives on the former code is refunded, whatever happens to the new payment.
    await act(former, 'pay');
    await extraIs(bought.order.id, ['returned']);
    assert.equal((await shop.order(bought.order.id)).order.status, 'waiting');
    await act(latter, 'pay');
    await orderIs(bought.order.id, 'paid');
    assert.deepEqual(
      (await paymentsOf(bought)).map(({ status }) => status),
      ['refunded', 'paid'],
    );
  });

  it('makes one payment of many taps in many tabs', async () => {
    const bought = await shop.buy();
    await cancelByPayer(bought);
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.payAnew(bought.order.id)));
    assert.equal(new Set(answers.map(({ token }) => token)).size, 1);
    assert.equal((await paymentsOf(bought)).length, 2);
    assert.equal((await paymentsOf(bought)).filter(isPayable).length, 1);
  });

  it('keeps one payment of the two when money and a new payment race', async () => {
    for (let round = 0; round < 12; round++) {
      const bought = await shop.buy();
      const { id } = bought.order;
      const [former] = await paymentsOf(bought);
      if (round % 2 === 0) await act(former, 'expire');
      else await cancelByPayer(bought);
      await Promise.all([act(former, 'pay'), shop.payAnew(id), shop.payAnew(id)]);
      // Either the money came first and pays the order, or the cancel came first and the money is refunded. Then the
      // buyer pays again.
      await until(async () => {
        const { status, extraPayments } = (await shop.order(id)).order;
        return status !== 'failed' || extraPayments.length > 0;
      }, 'the news of both');
      if ((await shop.payAnew(id)).order.status === 'waiting')
        await act((await paymentsOf(bought)).at(-1), 'pay');
      await orderIs(id, 'paid');
      await until(async () => {
        const statuses = (await paymentsOf(bought)).map(({ status }) => status);
        return statuses.filter((status) => status === 'paid').length === 1 && !statuses.includes('created');
      }, 'one payment that was kept');
    }
  });

  it('gives a second payment back, and says so to the buyer and in the log', async () => {
    const bought = await shop.buy();
    const { id, amount } = bought.order;
    // Created outside the shop: by hand, by another system, or by an older version of the shop.
    const second = await companion.createPayment({
      order_id: id,
      amount,
      callback_url: `${shop.url}/webhooks/sbp`,
    });
    await act((await paymentsOf(bought))[0], 'pay');
    await orderIs(id, 'paid');
    await companion.sandbox(second.payment_id, 'pay');
    await extraIs(id, ['returned']);
    const { status, refunded_amount } = (await (
      await companion.api(`/payments/${second.payment_id}`)
    ).json()) as { status: string; refunded_amount: number };
    assert.deepEqual([status, refunded_amount], ['refunded', amount]);
    assert.ok(shop.warnings.some((line) => line.includes(second.payment_id) && line.includes(id)));
    assert.equal((await shop.order(id)).order.status, 'paid');
  });

  it('ends the payment that is still open once another one has paid', async () => {
    const bought = await shop.buy();
    const { id, amount } = bought.order;
    const other = await companion.createPayment({
      order_id: id,
      amount,
      callback_url: `${shop.url}/webhooks/sbp`,
    });
    await companion.sandbox(other.payment_id, 'pay');
    await orderIs(id, 'paid');
    await until(async () => (await paymentsOf(bought))[0]!.status === 'canceled', 'the end of the open one');
  });

  it('forgets nothing in a crash', async () => {
    const bought = await shop.buy();
    const { id, amount } = bought.order;
    const [first] = await paymentsOf(bought);
    const second = await companion.createPayment({
      order_id: id,
      amount,
      callback_url: `${shop.url}/webhooks/sbp`,
    });
    await act(first, 'pay');
    await orderIs(id, 'paid');
    await Promise.all([companion.sandbox(second.payment_id, 'pay'), shop.restart()]);
    assert.equal((await shop.order(id)).order.status, 'paid');
    await extraIs(id, ['returned']);
  });
});
