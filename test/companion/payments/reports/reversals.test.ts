import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { type RefundRefused } from '../../../../src/companion/payments/refunds/refundable.ts';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

const bill = (reference: string) => ledger.provider.created.get(reference)!;

async function later(ms = 60_000): Promise<void> {
  ledger.time += ms;
  await ledger.look();
}

describe('money that was paid and refunded between two status queries', () => {
  it('ends the payment, which is not polled any more', async () => {
    const { id } = await ledger.createPayment();
    await ledger.tell(id, 'processing');
    bill(id).status = 'refunded';
    await later();
    assert.equal((await ledger.paymentOf(id)).status, 'canceled');
    for (let round = 0; round < 6; round++) await later(3_600_000);
    const row = await ledger.ctx.store.read.selectFrom('payments').selectAll().executeTakeFirstOrThrow();
    assert.equal(row.nextCheckAt, null);
  });

  it('pays the payment when only a part was refunded', async () => {
    const { id } = await ledger.createPayment();
    bill(id).status = 'partial_refunded';
    await later();
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
    await isHeld(id);
  });

  it('is retried when a webhook reports it, because another webhook may follow', async () => {
    const { id } = await ledger.createPayment();
    assert.equal(await ledger.tell(id, 'refunded'), 'premature');
    assert.equal((await ledger.paymentOf(id)).status, 'created');
  });
});

/** Asserts that the refunded amount is unknown, so that no refund is possible until a person resolves it. */
async function isHeld(id: string): Promise<void> {
  const reasons = (await ledger.attentionOf(id)).map(({ reason }) => reason);
  assert.deepEqual(reasons, ['unmatched_refund']);
  const order = { paymentId: id, amount: 1, reason: null };
  await assert.rejects(
    createRefund(ledger.ctx, order, () => Promise.resolve()),
    (error: RefundRefused) => error.code === 'exceeds_payment',
  );
}

describe('a refund that the provider reports by a status', () => {
  /** Returns a payment that was paid with its first code, after a renewal had made a second one. */
  async function paidOnTheFirst(): Promise<string> {
    const { id } = await ledger.createPayment();
    await later(900_000);
    assert.equal((await renewPayment(ledger.ctx, id))?.status, 'created');
    assert.equal(await ledger.tell(id, 'paid'), 'applied');
    return id;
  }

  it('counts for the paid attempt, also when another code is on offer since', async () => {
    const id = await paidOnTheFirst();
    assert.equal(await ledger.tell(id, 'partial_refunded', AMOUNT), 'applied');
    assert.equal(await ledger.tell(id, 'refunded', AMOUNT), 'applied');
    assert.equal((await ledger.paymentOf(id)).status, 'refunded');
  });

  it('that we have not requested is flagged, and reserves what is left', async () => {
    const { id } = await ledger.createPayment();
    await ledger.tell(id, 'paid');
    for (let repeat = 0; repeat < 3; repeat++) await ledger.tell(id, 'partial_refunded', AMOUNT);
    await isHeld(id);
  });

  it('does not count when a second charge was refunded', async () => {
    const id = await paidOnTheFirst();
    assert.equal(await ledger.tell(`${id}-2`, 'paid'), 'paid_twice');
    assert.equal(await ledger.tell(`${id}-2`, 'refunded'), 'replaced_attempt');
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
  });
});
