import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { findOpenAttention } from '../../../../src/companion/payments/model/attention.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { lateRefundObstacle } from '../../../../src/companion/payments/refunds/late-refund.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

async function canceled(onLate: 'tell' | 'refund' | null = 'refund'): Promise<string> {
  const payment = await ledger.createPayment();
  await cancelPayment(ledger.ctx, payment, { source: 'merchant', onLate });
  return payment.id;
}

async function wait(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    ledger.time += 60_000;
    await ledger.look();
  }
}

async function webhooksOf(id: string): Promise<Record<string, unknown>[]> {
  const rows = await ledger.ctx.store.read
    .selectFrom('deliveries')
    .select('body')
    .where('paymentId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}
const open = async (id: string) =>
  (await findOpenAttention(ledger.ctx.store.read, id)).map(({ reason }) => reason);

describe('money after a cancel with on_late "refund"', () => {
  it('is refunded in full once, and the merchant gets every step', async () => {
    const id = await canceled();
    await ledger.tell(id, 'paid');
    assert.deepEqual([(await ledger.paymentOf(id)).status, await open(id)], ['paid', ['late_refunded']]);
    await ledger.tell(id, 'paid');
    await wait(3);
    assert.deepEqual([...ledger.provider.refunds.values()], [AMOUNT]);
    const { status, refundedAmount, late } = await ledger.paymentOf(id);
    assert.deepEqual([status, refundedAmount, late], ['refunded', AMOUNT, true]);
    const told = await webhooksOf(id);
    assert.deepEqual(
      told.map(({ event }) => event),
      ['payment.canceled', 'payment.paid', 'payment.attention', 'refund.succeeded'],
    );
    const [, paid, attention, refund] = told;
    assert.deepEqual([paid!['late'], paid!['on_late']], [true, 'refund']);
    assert.deepEqual([attention!['reason'], attention!['reported_amount']], ['late_refunded', AMOUNT]);
    assert.equal(attention!['refund_id'], refund!['refund_id']);
    assert.deepEqual(await open(id), []);
  });

  it('is refunded once if the companion crashes before or during the call', async () => {
    const id = await canceled();
    await ledger.tell(id, 'paid');
    await ledger.restart();
    ledger.provider.down = 'after';
    await wait(1);
    await ledger.restart();
    ledger.provider.down = 'no';
    await wait(20);
    assert.equal(ledger.provider.refunds.size, 1);
    assert.equal((await ledger.paymentOf(id)).status, 'refunded');
  });

  it('keeps its attention open while the refund is pending', async () => {
    const id = await canceled();
    await ledger.tell(id, 'paid');
    ledger.provider.down = 'before';
    await wait(26 * 60);
    assert.deepEqual(await open(id), ['late_refunded', 'refund_overdue']);
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
  });

  it('keeps its attention open when the refund fails, and can be refunded by the merchant', async () => {
    const id = await canceled();
    ledger.provider.refusesRefunds = true;
    await ledger.tell(id, 'paid');
    await wait(3);
    assert.deepEqual([(await ledger.paymentOf(id)).status, await open(id)], ['paid', ['late_refunded']]);
    assert.equal((await webhooksOf(id)).at(-1)!['event'], 'refund.failed');
    ledger.provider.refusesRefunds = false;
    const order = { paymentId: id, amount: null, reason: null };
    const refund = await createRefund(ledger.ctx, order, () => Promise.resolve());
    assert.deepEqual([refund.status, refund.amount], ['succeeded', AMOUNT]);
  });

  it('is kept without on_late, and when the money came before the cancel', async () => {
    const kept = await canceled(null);
    await ledger.tell(kept, 'paid');
    const { id } = await ledger.createPayment();
    ledger.provider.created.get(id)!.status = 'paid';
    await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant', onLate: 'refund' });
    await wait(3);
    for (const each of [kept, id]) assert.equal((await ledger.paymentOf(each)).status, 'paid');
    assert.equal(ledger.provider.refunds.size, 0);
  });

  it('is kept and reported when the payment had expired and the money comes before the cancel', async () => {
    const { id } = await ledger.createPayment();
    await ledger.tell(id, 'expired');
    const close = ledger.provider.cancel.bind(ledger.provider);
    ledger.provider.cancel = async (ref) => {
      await ledger.tell(id, 'paid');
      return close(ref);
    };
    await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant', onLate: 'refund' });
    await wait(3);
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
    const paid = (await webhooksOf(id)).find(({ event }) => event === 'payment.paid')!;
    assert.deepEqual([paid['late'], paid['on_late']], [true, undefined]);
  });

  it('is refunded also when the webhooks come before the answer to the cancel', async () => {
    const { id } = await ledger.createPayment();
    const close = ledger.provider.cancel.bind(ledger.provider);
    ledger.provider.cancel = async (ref) => {
      const report = await close(ref);
      await ledger.tell(id, 'canceled');
      await ledger.tell(id, 'paid');
      return report;
    };
    await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant', onLate: 'refund' });
    await wait(3);
    assert.equal((await ledger.paymentOf(id)).status, 'refunded');
  });

  it('follows the merchant’s latest on_late', async () => {
    const id = await canceled('tell');
    await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant', onLate: 'refund' });
    await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant' });
    await ledger.tell(id, 'paid');
    await wait(3);
    assert.equal((await ledger.paymentOf(id)).status, 'refunded');
  });

  it('is refused as an option when the provider has no refunds', async () => {
    const { id } = await ledger.createPayment();
    assert.equal(await lateRefundObstacle(ledger.ctx, await ledger.paymentOf(id)), null);
    Object.assign(ledger.provider, { capabilities: { ...ledger.provider.capabilities, refund: 'none' } });
    assert.match(
      (await lateRefundObstacle(ledger.ctx, await ledger.paymentOf(id)))!,
      /has no refunds in its API/,
    );
  });
});
