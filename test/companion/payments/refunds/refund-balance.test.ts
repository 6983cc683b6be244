import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { receiveStatus } from '../../../../src/companion/payments/reports/receive-status.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT } from '../../../support/ledger.ts';
import { RefundLedger } from '../../../support/refund-ledger.ts';

let books: RefundLedger;
/** What the provider was asked to give back. */
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

/** A refund that its provider has not heard of. */
async function unheard(id: string, amount: number | null): Promise<string> {
  isAway = true;
  const refund = await books.refund(id, amount);
  isAway = false;
  return refund.id;
}

async function canceled(): Promise<string> {
  const payment = await books.ledger.createPayment();
  await cancelPayment(books.ledger.ctx, payment, 'merchant', 'refund');
  return payment.id;
}

describe('a refund that the provider has not heard of', () => {
  it('waits while its money may have gone out in the cabinet, and fails once it has', async () => {
    const id = await books.paid();
    const refundId = await unheard(id, 6_000);
    await books.tell(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
    await books.resolve(id, 'money_out');
    await wait();
    assert.deepEqual(asked, []);
    assert.equal((await books.read(refundId)).status, 'failed');
    assert.deepEqual(await books.sums(id), ['partial_refunded', 5_000, 5_000]);
    assert.deepEqual(await books.told(id), [
      'payment.attention',
      'payment.partial_refunded',
      'refund.failed',
    ]);
  });

  it('goes on when none of it has, and beside what leaves room for it', async () => {
    const id = await books.paid();
    await unheard(id, 6_000);
    await books.tell(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await books.resolve(id, 'no_money');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[6_000], ['partial_refunded', 6_000, 4_000]]);
    const other = await books.paid();
    await unheard(other, 6_000);
    await books.tell(other, 'succeeded', { name: 'cabinet of the other', amount: 4_000 });
    await wait();
    assert.deepEqual(asked, [6_000, 6_000]);
  });

  it('fails when the payment turns out to have no money', async () => {
    const id = await books.paid();
    await unheard(id, null);
    await books.ledger.tell(id, 'failed', AMOUNT);
    await books.resolve(id, 'money_out');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['refunded', AMOUNT, 0]]);
  });
});

describe('late money that is to be given back, of which some has gone back already', () => {
  it('is not given back twice: all of it, told before the payment was', async () => {
    const id = await canceled();
    await books.tell(id, 'succeeded', { name: 'cabinet', amount: AMOUNT });
    await books.ledger.tell(id, 'paid');
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
  });

  it('is not given back twice: a part, told by the status alone', async () => {
    const id = await canceled();
    const report = { reference: id, status: 'partial_refunded', amount: AMOUNT, currency: 'RUB' } as const;
    await receiveStatus(books.ledger.ctx, 'sandbox', report);
    await wait();
    assert.deepEqual([asked, await books.sums(id)], [[], ['paid', 0, 0]]);
  });
});

describe('what has gone out for good', () => {
  it('counts also when a person said so before the payment was known to be paid', async () => {
    const { id } = await books.ledger.createPayment();
    await books.tell(id, 'succeeded', { name: 'cabinet', amount: 5_000 });
    await books.resolve(id, 'money_out');
    await books.ledger.tell(id, 'paid');
    assert.deepEqual(await books.sums(id), ['paid', 0, 5_000]);
    assert.equal(await books.refusal(id, 5_001), 'exceeds_payment');
    await books.refund(id, null);
    assert.deepEqual([asked, await books.sums(id)], [[5_000], ['refunded', AMOUNT, 0]]);
  });

  it('is not given out again after more was told than the payment has, and a part of that was none', async () => {
    const id = await books.paid();
    await books.refund(id, 5_000);
    books.next = 'failed';
    const { id: denied } = await books.refund(id, 5_000);
    books.next = 'succeeded';
    const { id: last } = await books.refund(id, 4_000);
    await books.tell(id, 'succeeded', { of: denied });
    await books.resolve(id, 'money_out');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
    await books.tell(id, 'failed', { of: last });
    await books.resolve(id, 'no_money');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
  });

  it('stays all of it when the payment has no money, whatever is said of its refunds', async () => {
    const id = await books.paid();
    const { id: refundId } = await books.refund(id, 4_000);
    await books.ledger.tell(id, 'failed', AMOUNT);
    await books.resolve(id, 'money_out');
    await books.tell(id, 'failed', { of: refundId });
    await books.resolve(id, 'no_money');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
  });

  for (const sum of [2 ** 53, -5_000, 12.5, Infinity]) {
    it(`may be all that is left when a report tells no sum of money: ${sum}`, async () => {
      const id = await books.paid();
      await books.tell(id, 'succeeded', { name: 'cabinet', amount: 3_000 });
      await books.tell(id, 'succeeded', { name: 'another', amount: sum });
      const rows = await books.openOf(id);
      assert.deepEqual(
        rows.map(({ reported_amount, reserved_amount }) => [reported_amount, reserved_amount]),
        [
          [3_000, 3_000],
          [null, null],
        ],
      );
      assert.deepEqual(await books.sums(id), ['paid', 0, 0]);
    });
  }
});
