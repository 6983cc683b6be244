import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { findEvents } from '../../../../src/companion/payments/model/queries.ts';
import { RefundLedger } from '../../../support/refund-ledger.ts';

let books: RefundLedger;
beforeEach(async () => {
  books = await RefundLedger.open();
});
afterEach(() => books.close());

const notes = async (id: string) =>
  (await findEvents(books.ledger.ctx.store.read, id)).flatMap(({ note }) => note ?? []);

describe('a refund that has failed and then succeeded', () => {
  async function contradicted(): Promise<{ id: string; refundId: string }> {
    const id = await books.paid();
    books.nextStatus = 'pending';
    const { id: refundId } = await books.refund(id, 6_000);
    assert.equal(await books.reportRefund(id, 'failed', { of: refundId }), 'applied');
    assert.equal(await books.reportRefund(id, 'succeeded', { of: refundId }), 'refund_contradicted');
    books.nextStatus = 'succeeded';
    return { id, refundId };
  }

  it('is recorded and reported once, and its amount cannot be refunded again', async () => {
    const { id, refundId } = await contradicted();
    for (let repeat = 0; repeat < 3; repeat++) await books.reportRefund(id, 'succeeded', { of: refundId });
    assert.ok((await notes(id)).includes('refund_contradicted'));
    const told = await books.ledger.attentionOf(id);
    assert.deepEqual(
      told.map(({ reason, refund_id, reported_amount }) => [reason, refund_id, reported_amount]),
      [['refund_contradicted', refundId, 6_000]],
    );
    assert.equal((await books.findRefund(refundId)).status, 'failed');
    assert.deepEqual(await books.sums(id), ['paid', 0, 4_000]);
    assert.equal(await books.refusal(id, 4_001), 'exceeds_payment');
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => books.refusal(id, 4_000)));
    assert.deepEqual(atOnce.sort(), [...Array<string>(4).fill('exceeds_payment'), null]);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 4_000, 0]);
  });

  it('stays succeeded after a person confirms that the money left', async () => {
    const { id, refundId } = await contradicted();
    await books.resolve(id, 'money_out');
    assert.equal((await books.findRefund(refundId)).status, 'succeeded');
    assert.deepEqual(await books.sums(id), ['partial_refunded', 6_000, 4_000]);
    assert.deepEqual(await books.webhookEvents(id), [
      'refund.failed',
      'payment.attention',
      'refund.succeeded',
    ]);
    assert.equal(await books.reportRefund(id, 'succeeded', { of: refundId }), 'unchanged');
  });

  it('stays failed and can be refunded again after a person confirms that no money left', async () => {
    const { id, refundId } = await contradicted();
    await books.resolve(id, 'no_money');
    assert.equal((await books.findRefund(refundId)).status, 'failed');
    assert.deepEqual(await books.sums(id), ['paid', 0, 10_000]);
    await books.refund(id, null);
    assert.deepEqual(await books.sums(id), ['refunded', 10_000, 0]);
  });

  it('opens a new attention when the contradiction is reported again after it was resolved', async () => {
    const { id, refundId } = await contradicted();
    await books.resolve(id, 'no_money');
    assert.equal(await books.reportRefund(id, 'succeeded', { of: refundId }), 'refund_contradicted');
    assert.equal((await books.ledger.attentionOf(id)).length, 2);
    assert.equal(await books.refusal(id, 4_001), 'exceeds_payment');
  });
});

describe('a refund that has succeeded and then failed', () => {
  async function contradicted(amount: number | null): Promise<{ id: string; refundId: string }> {
    const id = await books.paid();
    const { id: refundId } = await books.refund(id, amount);
    assert.equal(await books.reportRefund(id, 'failed', { of: refundId }), 'refund_contradicted');
    return { id, refundId };
  }

  it('counts as refunded until a person resolves it', async () => {
    const { id, refundId } = await contradicted(6_000);
    await books.reportRefund(id, 'failed', { of: refundId });
    assert.equal((await books.openAttention(id)).length, 1);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 6_000, 4_000]);
    await books.resolve(id, 'money_out');
    assert.deepEqual(await books.sums(id), ['partial_refunded', 6_000, 4_000]);
    assert.equal((await books.findRefund(refundId)).status, 'succeeded');
  });

  for (const amount of [6_000, null]) {
    it(`can be refunded again after a person confirms that no money left: ${amount ?? 'all'}`, async () => {
      const { id, refundId } = await contradicted(amount);
      await books.resolve(id, 'no_money');
      assert.equal((await books.findRefund(refundId)).status, 'failed');
      assert.deepEqual(await books.sums(id), ['paid', 0, 10_000]);
      assert.deepEqual(await books.webhookEvents(id), [
        'refund.succeeded',
        'payment.attention',
        'refund.failed',
      ]);
      await books.refund(id, null);
      assert.deepEqual(await books.sums(id), ['refunded', 10_000, 0]);
    });
  }
});

describe('a refund reported with another amount than requested', () => {
  it('is not settled, and the larger amount counts', async () => {
    const id = await books.paid();
    books.nextStatus = 'pending';
    const { id: refundId } = await books.refund(id, 1_000);
    const outcome = await books.reportRefund(id, 'succeeded', { of: refundId, amount: 5_000 });
    assert.equal(outcome, 'refund_contradicted');
    assert.equal((await books.findRefund(refundId)).status, 'pending');
    assert.deepEqual(await books.sums(id), ['paid', 0, 5_000]);
    await books.resolve(id, 'money_out');
    assert.equal((await books.findRefund(refundId)).amount, 5_000);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 5_000, 5_000]);
  });

  it('gets the amount that a person reports, if both were wrong', async () => {
    const id = await books.paid();
    const { id: refundId } = await books.refund(id, 1_000);
    await books.reportRefund(id, 'succeeded', { of: refundId, amount: 5_000 });
    assert.deepEqual(await books.sums(id), ['partial_refunded', 1_000, 5_000]);
    await books.resolve(id, 'money_out', 3_000);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 3_000, 7_000]);
  });
});

describe('an answer and a webhook that differ', () => {
  it('open an attention in either order', async () => {
    const id = await books.paid();
    const { provider } = books.ledger;
    provider.refund = async (request) => {
      // The webhook comes before the answer.
      const row = await books.findRefund(request.refundId);
      await books.ledger.ctx.store.write((trx) =>
        trx.updateTable('refunds').set({ providerRefundId: 'faster' }).where('id', '=', row.id).execute(),
      );
      assert.equal(await books.reportRefund(id, 'failed', { name: 'faster' }), 'applied');
      return { status: 'succeeded' as const };
    };
    const refund = await books.refund(id, 7_000);
    assert.equal(refund.status, 'failed');
    assert.deepEqual(
      (await books.openAttention(id)).map(({ reason }) => reason),
      ['refund_contradicted'],
    );
    assert.deepEqual(await books.sums(id), ['paid', 0, 3_000]);
  });
});

describe('a refund made in the provider’s dashboard', () => {
  it('counts against the payment once per refund, until it is resolved', async () => {
    const id = await books.paid();
    for (const name of ['A', 'B', 'A']) {
      assert.equal(await books.reportRefund(id, 'succeeded', { name, amount: 3_000 }), 'unmatched_refund');
    }
    assert.equal((await books.openAttention(id)).length, 2);
    assert.deepEqual(await books.sums(id), ['paid', 0, 4_000]);
    assert.equal(await books.refusal(id, 5_000), 'exceeds_payment');
  });

  it('without an amount blocks all further refunds until a person reports the amount', async () => {
    const id = await books.paid();
    assert.equal(await books.reportRefund(id, 'succeeded', { name: 'A' }), 'unmatched_refund');
    assert.equal(await books.refusal(id, 1), 'exceeds_payment');
    await books.resolve(id, 'money_out', 2_500);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 2_500, 7_500]);
    assert.deepEqual(await books.webhookEvents(id), ['payment.attention', 'payment.partial_refunded']);
    assert.equal(await books.reportRefund(id, 'succeeded', { name: 'A' }), 'unmatched_refund');
    assert.equal((await books.openAttention(id)).length, 0, 'of the same refund nobody is told again');
  });
});
