import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { chooseMethod } from '../../../../src/companion/payments/lifecycle/choose-method.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { findEvents } from '../../../../src/companion/payments/model/queries.ts';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT } from '../../../support/ledger.ts';
import { RefundLedger } from '../../../support/refund-ledger.ts';

let books: RefundLedger;
beforeEach(async () => {
  books = await RefundLedger.open();
});
afterEach(() => books.close());

const reasons = async (id: string) => (await books.openAttention(id)).map(({ reason }) => reason);

describe('a payment that its provider no longer reports as paid', () => {
  for (const status of ['failed', 'canceled', 'expired'] as const) {
    it(`by ${status} stays paid, is flagged once, and refuses refunds until a person resolves it`, async () => {
      const id = await books.paid();
      for (let repeat = 0; repeat < 3; repeat++) {
        assert.equal(await books.ledger.tell(id, status, AMOUNT), 'paid_contradicted');
      }
      const { store } = books.ledger.ctx;
      const noted = (await findEvents(store.read, id)).filter(({ note }) => note === 'paid_contradicted');
      assert.equal(noted.length, 3);
      assert.deepEqual(
        (await books.ledger.attentionOf(id)).map(({ reason, reference }) => [reason, reference]),
        [['paid_contradicted', id]],
      );
      assert.equal(await books.refusal(id, 1_000), 'attention_open');
      await books.resolve(id, 'money_in');
      assert.equal(await books.refusal(id, 1_000), null);
      assert.deepEqual(await books.sums(id), ['partial_refunded', 1_000, 9_000]);
    });
  }

  it('has nothing left to refund after a person confirms that its money is gone', async () => {
    const id = await books.paid();
    await books.refund(id, 1_000);
    await books.ledger.tell(id, 'failed', AMOUNT);
    await books.resolve(id, 'money_out');
    assert.deepEqual(await books.sums(id), ['refunded', AMOUNT, 0]);
    assert.deepEqual(await books.webhookEvents(id), [
      'refund.succeeded',
      'payment.attention',
      'payment.refunded',
    ]);
  });

  it('holds back refunds that have not reached the provider', async () => {
    const id = await books.paid();
    const { provider } = books.ledger;
    const answer = provider.refund.bind(provider);
    provider.refund = () =>
      Promise.reject(new ProviderError('unavailable', 'not asked', { mayHaveTakenEffect: false }));
    await books.refund(id, 1_000);
    const asked: string[] = [];
    provider.refund = (request) => {
      asked.push(request.refundId);
      return answer(request);
    };
    await books.ledger.tell(id, 'failed', AMOUNT);
    for (let round = 0; round < 3; round++) {
      books.ledger.time += 600_000;
      await books.ledger.look();
    }
    assert.deepEqual(asked, []);
    await books.resolve(id, 'money_in');
    books.ledger.time += 600_000;
    await books.ledger.look();
    assert.equal(asked.length, 1);
    assert.deepEqual(await books.sums(id), ['partial_refunded', 1_000, 9_000]);
  });

  it('is not contradicted by an end that was reported before its late money', async () => {
    const { id } = await books.ledger.createPayment();
    await books.ledger.tell(id, 'expired', AMOUNT);
    await books.ledger.tell(id, 'paid', AMOUNT);
    assert.equal(await books.ledger.tell(id, 'expired', AMOUNT), 'unchanged');
    assert.deepEqual(await reasons(id), []);
    assert.equal(await books.ledger.tell(id, 'failed', AMOUNT), 'paid_contradicted');
  });

  it('is not contradicted by the end of a replaced code, or after a full refund', async () => {
    const { id } = await books.ledger.createPayment();
    books.ledger.time += 900_000;
    await books.ledger.look();
    await renewPayment(books.ledger.ctx, id);
    await books.ledger.tell(`${id}-2`, 'paid', AMOUNT);
    assert.equal(await books.ledger.tell(id, 'expired', AMOUNT), 'replaced_attempt');
    await books.refund(id, null);
    assert.equal(await books.ledger.tell(`${id}-2`, 'canceled', AMOUNT), 'unchanged');
    assert.deepEqual(await reasons(id), []);
  });
});

describe('a second charge', () => {
  async function paidTwice(): Promise<{ id: string; second: string }> {
    const { id } = await books.ledger.createPayment({ methods: ['sbp', 'sberpay'] });
    await chooseMethod(books.ledger.ctx, id, { method: 'sbp', phone: null });
    await chooseMethod(books.ledger.ctx, id, { method: 'sberpay', phone: null });
    const [first, second] = await findAttempts(books.ledger.ctx.store.read, id);
    await books.ledger.tell(first!.reference, 'paid', AMOUNT);
    await books.ledger.tell(second!.reference, 'paid', AMOUNT);
    return { id, second: second!.reference };
  }

  it('keeps its attention open until it is refunded', async () => {
    const { id, second } = await paidTwice();
    assert.deepEqual(await reasons(id), ['paid_twice']);
    await books.ledger.look();
    assert.deepEqual(await reasons(id), []);
    // The provider's later status does not matter.
    await books.ledger.tell(second, 'canceled', AMOUNT);
    assert.deepEqual(await reasons(id), []);
  });

  it('whose refund fails has one attention, and a later contradiction opens another', async () => {
    const { id } = await paidTwice();
    books.nextStatus = 'failed';
    await books.ledger.look();
    assert.deepEqual(await reasons(id), ['duplicate_refund_failed']);
    await books.resolve(id, 'money_in');
    const refund = await books.ledger.ctx.store.read
      .selectFrom('refunds')
      .selectAll()
      .executeTakeFirstOrThrow();
    await books.reportRefund(refund.reference, 'succeeded', { of: refund.id });
    assert.deepEqual(await reasons(id), ['refund_contradicted']);
    assert.deepEqual(await books.sums(id), ['paid', 0, AMOUNT], 'no money of the payment');
    await books.resolve(id, 'money_out');
    assert.equal((await books.findRefund(refund.id)).status, 'succeeded');
    assert.deepEqual(await books.sums(id), ['paid', 0, AMOUNT]);
  });

  it('that is contradicted before it was refunded is flagged', async () => {
    const { id, second } = await paidTwice();
    assert.equal(await books.ledger.tell(second, 'failed', AMOUNT), 'paid_contradicted');
    await books.ledger.look();
    const refund = await books.ledger.ctx.store.read
      .selectFrom('refunds')
      .selectAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual([refund.status, refund.requests], ['pending', 0]);
    assert.deepEqual(await reasons(id), ['paid_twice', 'paid_contradicted']);
  });
});
