import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { trySendRefund } from '../../../../src/companion/payments/refunds/send-refund.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { findRefund } from '../../../../src/companion/payments/refunds/refund-rows.ts';
import {
  ProviderError,
  type ProviderRefund,
  type RefundReport,
  type RefundRequest,
} from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
let asked: RefundRequest[];
let answer: (request: RefundRequest) => ProviderRefund;
before(async () => {
  ledger = await Ledger.open();
  ledger.provider.refund = async (request) => {
    asked.push(request);
    await Promise.resolve();
    return answer(request) as { status: 'succeeded' };
  };
});
after(() => ledger.close());
beforeEach(() => {
  asked = [];
});

const lost = (): never => {
  throw new ProviderError('unavailable', 'the answer was lost');
};
const notAsked = (): never => {
  throw new ProviderError('unavailable', 'not asked', { mayHaveTakenEffect: false });
};

async function paidPayment(): Promise<string> {
  const { id } = await ledger.createPayment();
  await tell(id, { status: 'paid', amount: AMOUNT });
  return id;
}

let deliveries = 0;
const tell = (reference: string, report: { status?: 'paid'; amount?: number; refund?: RefundReport }) =>
  receiveWebhook(ledger.ctx, {
    provider: 'sandbox',
    delivery: {
      deliveryId: String(++deliveries),
      event: 'told',
      reference,
      currency: 'RUB',
      ...{ status: null, amount: null, ...report },
    },
    body: Buffer.from('{}'),
  });

const refund = (paymentId: string, amount: number) =>
  createRefund(ledger.ctx, { paymentId, amount, reason: null }, () => Promise.resolve());
const read = async (id: string) => (await findRefund(ledger.ctx.store.read, id))!;
const refunded = async (id: string) => (await findPayment(ledger.ctx.store.read, id))!.refundedAmount;

const repeats = (id: string) =>
  asked.filter(({ refundId }) => refundId === id).map(({ repeated }) => repeated);

async function later(): Promise<void> {
  ledger.time += 10 * 60_000;
  await ledger.look();
}

describe('sending a refund', () => {
  it('marks the call as repeated after an answer was lost', async () => {
    answer = lost;
    const { id } = await refund(await paidPayment(), 1_000);
    await later();
    assert.deepEqual(repeats(id), [false, true]);
    assert.equal((await read(id)).status, 'pending');
  });

  it('is not marked as repeated after a call that never left', async () => {
    answer = notAsked;
    const { id } = await refund(await paidPayment(), 1_000);
    await later();
    answer = () => ({ status: 'succeeded' });
    await later();
    assert.deepEqual(repeats(id), [false, false, false]);
    assert.equal((await read(id)).status, 'succeeded');
  });

  it('is repeated at growing intervals', async () => {
    answer = notAsked;
    const { id, createdAt } = await refund(await paidPayment(), 1_000);
    const waits: number[] = [];
    for (let round = 0; round < 12; round++) {
      const { nextRequestAt } = await read(id);
      waits.push((nextRequestAt - Math.max(createdAt, ledger.time)) / 1000);
      ledger.time = nextRequestAt;
      await ledger.look();
    }
    assert.deepEqual(waits, [5, 5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600]);
  });

  it('calls the provider once when two callers send the same refund', async () => {
    answer = lost;
    const { id } = await refund(await paidPayment(), 1_000);
    asked = [];
    const row = await read(id);
    await Promise.all(Array.from({ length: 5 }, () => trySendRefund(ledger.ctx, row)));
    assert.equal(asked.length, 1);
  });
});

describe('a refund without a result', () => {
  it('is reported to the merchant once after a day, and polled every hour', async () => {
    answer = lost;
    const { id: paymentId } = await ledger.createPayment();
    await tell(paymentId, { status: 'paid', amount: AMOUNT });
    const { id, createdAt } = await refund(paymentId, 1_000);
    const untilHours = async (hours: number) => {
      for (; ledger.time < createdAt + hours * 3_600_000; ledger.time += 300_000) await ledger.look();
    };
    await untilHours(23.9);
    assert.deepEqual(await ledger.attentionOf(paymentId), []);
    await untilHours(25);
    await ledger.restart();
    asked = [];
    await untilHours(49);
    assert.deepEqual(
      (await ledger.attentionOf(paymentId)).map(({ reason, refund_id }) => [reason, refund_id]),
      [['refund_overdue', id]],
    );
    const times = asked.filter(({ refundId }) => refundId === id).length;
    assert.ok(times > 20 && times <= 25, `asked ${times} times in a day`);
    answer = () => ({ status: 'succeeded' });
    await untilHours(51);
    assert.equal(await refunded(paymentId), 1_000);
  });
});

describe('a report of a refund whose answer was lost', () => {
  const report = (fields: Partial<RefundReport>): { refund: RefundReport } => ({
    refund: { refundId: null, providerRefundId: 'theirs', amount: 1_000, status: 'succeeded', ...fields },
  });

  it('settles the only refund with its amount', async () => {
    answer = lost;
    const id = await paidPayment();
    const [first] = [await refund(id, 1_000), await refund(id, 2_000)];
    assert.equal(await tell(id, report({})), 'applied');
    const { status, providerRefundId } = await read(first.id);
    assert.deepEqual([status, providerRefundId], ['succeeded', 'theirs']);
    assert.equal(await refunded(id), 1_000);
    assert.equal(await tell(id, report({})), 'unchanged', 'and no other one, when it is said again');
  });

  it('settles no refund when several refunds or none have its amount', async () => {
    answer = lost;
    const id = await paidPayment();
    await refund(id, 1_000);
    assert.equal(await tell(id, report({ refundId: 'of another', providerRefundId: null })), 'premature');
    await refund(id, 1_000);
    assert.equal(await tell(id, report({})), 'premature');
    assert.equal(await refunded(id), 0);
    assert.deepEqual(await ledger.attentionOf(id), []);
  });

  it('with an amount that we never requested is not ours', async () => {
    answer = lost;
    const id = await paidPayment();
    await refund(id, 1_000);
    assert.equal(await tell(id, report({ amount: 999 })), 'unmatched_refund');
    assert.equal(await refunded(id), 0);
    assert.equal((await ledger.attentionOf(id))[0]?.['reported_amount'], 999);
  });

  it('that matches no refund within a day is reported to the merchant', async () => {
    answer = lost;
    const id = await paidPayment();
    await refund(id, 1_000);
    await refund(id, 1_000);
    assert.equal(await tell(id, report({})), 'premature');
    for (let hour = 0; hour < 30; hour++) {
      ledger.time += 3_600_000;
      await ledger.look();
    }
    const reasons = (await ledger.attentionOf(id)).map(({ reason }) => reason).sort();
    assert.deepEqual(reasons, ['refund_overdue', 'refund_overdue', 'unmatched_refund']);
  });

  it('reports a refund made in the provider’s dashboard to the merchant, and does not count it', async () => {
    for (const named of [true, false]) {
      const id = await paidPayment();
      const elsewhere = named ? report({}) : report({ providerRefundId: null, amount: null });
      assert.equal(await tell(id, elsewhere), 'unmatched_refund');
      const [told, ...more] = await ledger.attentionOf(id);
      assert.deepEqual(
        [told?.['reason'], told?.['reported_amount'], more],
        ['unmatched_refund', named ? 1_000 : null, []],
      );
      assert.equal(await refunded(id), 0);
    }
  });

  it('does not mistake a report about our own refund for one made in the dashboard', async () => {
    answer = () => ({ status: 'succeeded' });
    const id = await paidPayment();
    await refund(id, 1_000);
    assert.equal(await tell(id, report({})), 'premature');
    assert.equal(await tell(id, report({ providerRefundId: null, amount: null })), 'unmatched_refund');
    assert.deepEqual(await ledger.attentionOf(id), []);
  });

  it('settles the refund with its id, unless the amount or the attempt differs', async () => {
    answer = lost;
    const id = await paidPayment();
    const { id: refundId } = await refund(id, 1_000);
    await refund(id, 1_000);
    const copied = report({ refundId, providerRefundId: 'with our id in its text', amount: 2_000 });
    assert.equal(await tell(id, copied), 'unmatched_refund');
    const other = await paidPayment();
    assert.equal(await tell(other, report({ refundId })), 'unmatched_refund');
    assert.equal((await read(refundId)).status, 'pending');
    assert.equal(await tell(id, report({ refundId })), 'applied');
    assert.equal((await read(refundId)).status, 'succeeded');
  });

  it('is polled by the refund id from the report', async () => {
    answer = lost;
    const id = await paidPayment();
    await refund(id, 1_000);
    assert.equal(await tell(id, report({ status: 'pending' })), 'unchanged');
    answer = () => ({ status: 'succeeded' });
    await later();
    assert.ok(asked.some(({ providerRefundId }) => providerRefundId === 'theirs'));
    assert.equal(await refunded(id), 1_000);
  });
});
