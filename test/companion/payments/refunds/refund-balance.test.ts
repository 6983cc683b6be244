import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { receiveStatus } from '../../../../src/companion/payments/reports/receive-status.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT } from '../../../support/ledger.ts';
import { RefundLedger } from '../../../support/refund-ledger.ts';

let books: RefundLedger;
/** Amounts of the refunds that the provider received, kopecks. */
let asked: number[];
let isAway: boolean;
beforeEach(async () => {
  books = await RefundLedger.open();
  asked = [];
  isAway = false;
  const { provider } = books.ledger;
  const answer = provider.refund.bind(provider);
  provider.refund = (request) => {
    if (isAway)
      return Promise.reject(new ProviderError('unavailable', 'not asked', { mayHaveTakenEffect: false }));
    asked.push(request.amount);
    return answer(request);
  };
});
afterEach(() => books.close());

async function wait(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    books.ledger.time += 600_000;
    await books.ledger.look();
  }
}

/** Creates a refund that has not reached the provider. */
async function unheard(id: string, amount: number | null): Promise<string> {
  isAway = true;
  const refund = await books.refund(id, amount);
  isAway = false;
  return refund.id;
}

async function canceled(): Promise<string> {
  const payment = await books.ledger.createPayment();
  await cancelPayment(books.ledger.ctx, payment, { source: 'merchant', onLate: 'refund' });
  return payment.id;
}

describe('a refund that has not reached the provider', () => {
  it('waits while its money may be refunded in the dashboard, and fails once that is certain', async () => {
    const id = await books.paid();
    const refundId = await unheard(id, 6_000);
    await books.reportRefund(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
    await books.resolve(id, 'money_out');
    await wait();
    assert.deepEqual(asked, []);
    assert.equal((await books.findRefund(refundId)).status, 'failed');
    assert.deepEqual(await books.sums(id), ['partial_refunded', 5_000, 5_000]);
    assert.deepEqual(await books.webhookEvents(id), [
      'payment.attention',
      'payment.partial_refunded',
      'refund.failed',
    ]);
  });

  it('is sent when no money left, or when the balance is still large enough', async () => {
    const id = await books.paid();
    await unheard(id, 6_000);
    await books.reportRefund(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await books.resolve(id, 'no_money');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[6_000], ['partial_refunded', 6_000, 4_000]]);
    const other = await books.paid();
    await unheard(other, 6_000);
    await books.reportRefund(other, 'succeeded', { name: 'cabinet of the other', amount: 4_000 });
    await wait();
    assert.deepEqual(asked, [6_000, 6_000]);
  });

  it('fails when it turns out that the payment was not paid', async () => {
    const id = await books.paid();
    await unheard(id, null);
    await books.ledger.tell(id, 'failed', AMOUNT);
    await books.resolve(id, 'money_out');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['refunded', AMOUNT, 0]]);
  });
});

describe('late money to refund that is partly refunded already', () => {
  it('is not refunded twice: a full refund reported before the payment', async () => {
    const id = await canceled();
    await books.reportRefund(id, 'succeeded', { name: 'cabinet', amount: AMOUNT });
    await books.ledger.tell(id, 'paid');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
  });

  it('is not refunded twice: a part, reported only by the status', async () => {
    const id = await canceled();
    const report = { reference: id, status: 'partial_refunded', amount: AMOUNT, currency: 'RUB' } as const;
    await receiveStatus(books.ledger.ctx, 'sandbox', report);
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
  });
});

describe('the certainly refunded total', () => {
  it('includes what a person reported before the payment was known to be paid', async () => {
    const { id } = await books.ledger.createPayment();
    await books.reportRefund(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await books.resolve(id, 'money_out');
    await books.ledger.tell(id, 'paid');
    assert.deepEqual(await books.sums(id), ['paid', 0, 5_000]);
    assert.equal(await books.refusal(id, 5_001), 'exceeds_payment');
    await books.refund(id, null);
    assert.deepEqual([asked, await books.sums(id)], [[5_000], ['refunded', AMOUNT, 0]]);
  });

  it('stays blocked after more was reported than the payment has and a part of that was wrong', async () => {
    const id = await books.paid();
    await books.refund(id, 5_000);
    books.nextStatus = 'failed';
    const { id: denied } = await books.refund(id, 5_000);
    books.nextStatus = 'succeeded';
    const { id: last } = await books.refund(id, 4_000);
    await books.reportRefund(id, 'succeeded', { of: denied });
    await books.resolve(id, 'money_out');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
    await books.reportRefund(id, 'failed', { of: last });
    await books.resolve(id, 'no_money');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
  });

  it('stays the full amount when the payment was never paid, whatever is reported about its refunds', async () => {
    const id = await books.paid();
    const { id: refundId } = await books.refund(id, 4_000);
    await books.ledger.tell(id, 'failed', AMOUNT);
    await books.resolve(id, 'money_out');
    await books.reportRefund(id, 'failed', { of: refundId });
    await books.resolve(id, 'no_money');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
  });

  for (const sum of [2 ** 53, -5_000, 12.5, Infinity]) {
    it(`reserves all that is left when a report has no valid amount: ${sum}`, async () => {
      const id = await books.paid();
      await books.reportRefund(id, 'succeeded', { name: 'cabinet', amount: 3_000 });
      await books.reportRefund(id, 'succeeded', { name: 'another', amount: sum });
      const rows = await books.openAttention(id);
      assert.deepEqual(
        rows.map(({ reportedAmount, reservedAmount }) => [reportedAmount, reservedAmount]),
        [
          [3_000, 3_000],
          [null, null],
        ],
      );
      assert.deepEqual(await books.sums(id), ['paid', 0, 0]);
    });
  }
});
