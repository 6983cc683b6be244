import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { chooseMethod } from '../../../../src/companion/payments/lifecycle/choose-method.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import type { Method } from '../../../../src/protocol/snapshot.ts';
import type { PaymentStatus } from '../../../../src/protocol/status.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
before(async () => {
  ledger = await Ledger.open();
});
after(() => ledger.close());

async function newPayment(): Promise<string> {
  const { id } = await ledger.createPayment({ methods: ['sbp', 'sberpay'] });
  return id;
}

const choose = (id: string, method: Method) => chooseMethod(ledger.ctx, id, { method, phone: null });
const paymentOf = async (id: string) => (await findPayment(ledger.ctx.store.read, id))!;

/** Changes the bank's records and sends its report. */
async function bankSays(reference: string, status: PaymentStatus, amount = AMOUNT): Promise<string> {
  ledger.provider.created.get(reference)!.status = status;
  return receiveWebhook(ledger.ctx, {
    provider: 'sandbox',
    delivery: {
      deliveryId: `${reference} ${status} ${amount}`,
      event: `payment.${status}`,
      reference,
      status,
      amount,
      currency: 'RUB',
    },
    body: Buffer.from('{}'),
  });
}

async function webhooks(id: string) {
  const rows = await ledger.ctx.store.read
    .selectFrom('deliveries')
    .select('body')
    .where('paymentId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as { event: string; reason?: string; refund_id?: string });
}

/** Creates a payment whose payer chose one method and then another. Both codes may still be on a screen. */
async function twoWays(): Promise<{ id: string; first: string; second: string }> {
  const id = await newPayment();
  await choose(id, 'sbp');
  await choose(id, 'sberpay');
  const [first, second] = await findAttempts(ledger.ctx.store.read, id);
  return { id, first: first!.reference, second: second!.reference };
}

async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    ledger.time += 60_000;
    await ledger.look();
  }
}

describe('two attempts of one payment', () => {
  it('closes the previous attempt at its provider', async () => {
    const { id, first, second } = await twoWays();
    await settle();
    assert.equal(ledger.provider.created.get(first)!.status, 'canceled');
    assert.equal(ledger.provider.created.get(second)!.status, 'created');
    assert.equal((await paymentOf(id)).status, 'created');
  });

  it('counts the previous attempt when it is paid anyway, and closes the other one', async () => {
    const { id, first, second } = await twoWays();
    assert.equal(await bankSays(first, 'paid'), 'applied');
    await settle();
    assert.equal((await paymentOf(id)).status, 'paid');
    assert.equal(ledger.provider.created.get(second)!.status, 'canceled');
    assert.equal(ledger.provider.refunds.size, 0);
  });

  it('counts an ended attempt that is paid later, also after the other one has failed', async () => {
    const { id, first, second } = await twoWays();
    ledger.provider.created.get(first)!.status = 'expired';
    await settle();
    assert.equal(await bankSays(second, 'failed'), 'applied');
    ledger.provider.created.get(first)!.status = 'paid';
    for (let round = 0; round < 8; round++) {
      ledger.time += 400_000;
      await ledger.look();
    }
    assert.deepEqual(
      (await webhooks(id)).flatMap(({ reason }) => reason ?? []),
      ['paid_after_failure'],
    );
  });

  for (const lost of [false, true]) {
    it(`refunds the second charge when both are paid${lost ? ', also when its report is lost' : ''}`, async () => {
      const { id, first, second } = await twoWays();
      await bankSays(second, 'paid');
      if (lost) ledger.provider.created.get(first)!.status = 'paid';
      else assert.equal(await bankSays(first, 'paid'), 'paid_twice');
      await settle();
      const payment = await paymentOf(id);
      assert.deepEqual([payment.status, payment.refundedAmount], ['paid', 0], 'the first one stands whole');
      const told = (await webhooks(id)).filter(({ event }) => event === 'payment.attention');
      assert.deepEqual(
        told.map(({ reason }) => reason),
        ['paid_twice', 'duplicate_refund_succeeded'],
      );
      const refundId = told[0]!.refund_id!;
      assert.equal(ledger.provider.refunds.get(refundId), AMOUNT);
      assert.equal(ledger.provider.refundedOf.get(refundId), first, 'the second charge, and no other');
      // The merchant can still refund the first charge in full.
      const order = { paymentId: id, amount: null, reason: null };
      const refund = await createRefund(ledger.ctx, order, () => Promise.resolve());
      assert.equal(ledger.provider.refundedOf.get(refund.id), second, 'of the charge that counted');
      assert.equal((await paymentOf(id)).status, 'refunded');
    });
  }

  it('flags a second charge whose refund the provider refuses', async () => {
    const { id, first, second } = await twoWays();
    await bankSays(second, 'paid');
    ledger.provider.refusesRefunds = true;
    await bankSays(first, 'paid');
    await settle();
    ledger.provider.refusesRefunds = false;
    const reasons = (await webhooks(id)).map(({ reason }) => reason).filter(Boolean);
    assert.deepEqual(reasons, ['paid_twice', 'duplicate_refund_failed']);
  });
});

describe('money with a discrepancy', () => {
  it('with another amount does not pay, and is reported to the merchant once', async () => {
    const id = await newPayment();
    await choose(id, 'sbp');
    assert.equal(await bankSays(id, 'paid', AMOUNT - 1), 'amount_mismatch');
    ledger.provider.created.get(id)!.amount = AMOUNT - 1;
    await settle();
    assert.notEqual((await paymentOf(id)).status, 'paid');
    const told = (await webhooks(id)).filter(({ event }) => event === 'payment.attention');
    assert.equal(told.length, 1);
    assert.equal(told[0]!.reason, 'amount_mismatch');
  });

  it('without an amount does not pay until the amount is reported, and keeps the payer from paying again', async () => {
    const { id } = await ledger.createPayment();
    ledger.provider.report = (reference) => ({ reference, status: 'paid', amount: null, currency: null });
    await settle();
    const { status, presentation } = await paymentOf(id);
    assert.deepEqual([status, presentation.kind], ['processing', 'link']);
    assert.deepEqual(
      (await ledger.attentionOf(id)).map(({ reason, reported_amount }) => [reason, reported_amount]),
      [['amount_missing', null]],
    );
    ledger.time += 24 * 3_600_000;
    assert.equal(await ledger.tell(id, 'paid'), 'applied');
    assert.equal((await paymentOf(id)).status, 'paid');
    Reflect.deleteProperty(ledger.provider, 'report');
  });

  it('without an amount and with another amount are both reported, each once', async () => {
    const { id } = await ledger.createPayment();
    for (const amount of [null, AMOUNT - 1, null, AMOUNT - 1]) await ledger.tell(id, 'paid', amount);
    assert.deepEqual(
      (await ledger.attentionOf(id)).map(({ reason }) => reason),
      ['amount_missing', 'amount_mismatch'],
    );
    assert.equal((await paymentOf(id)).paidAt, null);
  });

  it('after a failure is reported and left to a person', async () => {
    const id = await newPayment();
    await choose(id, 'sbp');
    await bankSays(id, 'failed');
    assert.equal(await bankSays(id, 'paid'), 'paid_after_failure');
    const reasons = (await webhooks(id)).map(({ reason }) => reason).filter(Boolean);
    assert.deepEqual(reasons, ['paid_after_failure']);
  });

  it('reported by another provider changes nothing', async () => {
    const id = await newPayment();
    await choose(id, 'sbp');
    const report = { reference: id, status: 'paid' as const, amount: AMOUNT, currency: 'RUB' };
    const delivery = { ...report, deliveryId: 'forged', event: 'payment.paid' };
    assert.equal(
      await receiveWebhook(ledger.ctx, { provider: 'sbp-api', delivery, body: Buffer.from('{}') }),
      'unknown_payment',
    );
    assert.equal((await paymentOf(id)).status, 'created');
  });
});
