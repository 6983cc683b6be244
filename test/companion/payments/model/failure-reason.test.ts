import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { failureReasonOf } from '../../../../src/companion/payments/model/failure-reason.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { findRefund } from '../../../../src/companion/payments/refunds/refund-rows.ts';
import {
  ProviderError,
  type ProviderDelivery,
  type ProviderRefund,
} from '../../../../src/companion/providers/provider.ts';
import { startFreepayment, type FreepaymentShop } from '../../../support/freepayment-shop.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

/** A failed refund has a reason if the provider gives one. */
describe('the reason of a failed refund', () => {
  let ledger: Ledger;
  let answer: () => ProviderRefund;
  before(async () => {
    ledger = await Ledger.open();
    ledger.provider.refund = async () => {
      await Promise.resolve();
      return answer() as { status: 'succeeded' };
    };
  });
  after(() => ledger.close());

  let deliveries = 0;
  const tell = (fields: Partial<ProviderDelivery> & { reference: string }) =>
    receiveWebhook(ledger.ctx, {
      provider: 'sandbox',
      delivery: {
        deliveryId: `why-${++deliveries}`,
        event: 'told',
        status: null,
        amount: null,
        currency: 'RUB',
        ...fields,
      },
      body: Buffer.from('{}'),
    });
  async function refund() {
    const { id } = await ledger.createPayment();
    await tell({ reference: id, status: 'paid', amount: AMOUNT });
    const order = { paymentId: id, amount: 1_000, reason: null };
    const row = await createRefund(ledger.ctx, order, () => Promise.resolve());
    return { paymentId: id, row };
  }
  const reasonNow = async (id: string) => failureReasonOf((await findRefund(ledger.ctx.store.read, id))!);

  it('is what the provider answers', async () => {
    answer = () => ({ status: 'failed', failureReason: 'no_funds: the shop’s balance is too low' });
    const { row } = await refund();
    assert.deepEqual(
      [row.status, failureReasonOf(row)],
      ['failed', 'no_funds: the shop’s balance is too low'],
    );
  });

  it('is what the provider refuses with', async () => {
    answer = () => {
      throw new ProviderError('refused', 'for the log: 422 too late', { reason: 'too late' });
    };
    assert.equal(failureReasonOf((await refund()).row), 'too late');
    answer = () => {
      throw new ProviderError('refused', 'for the log only');
    };
    assert.equal(failureReasonOf((await refund()).row), null);
  });

  it('is what its webhook says', async () => {
    answer = () => ({ status: 'pending', providerRefundId: 'theirs-1' });
    const { paymentId, row } = await refund();
    assert.equal(failureReasonOf(row), null);
    const failed = { refundId: null, providerRefundId: 'theirs-1', status: 'failed' } as const;
    await tell({
      reference: paymentId,
      refund: { ...failed, failureReason: 'declined by the payer’s bank' },
    });
    assert.equal(await reasonNow(row.id), 'declined by the payer’s bank');
    // A second report changes nothing.
    await tell({ reference: paymentId, refund: { ...failed, failureReason: 'another word' } });
    assert.equal(await reasonNow(row.id), 'declined by the payer’s bank');
  });

  it('is kept for no refund that succeeds', async () => {
    answer = () => ({ status: 'succeeded', failureReason: 'nothing is wrong' });
    const { row } = await refund();
    assert.deepEqual([row.status, row.failureReason], ['succeeded', null]);
  });

  it('is one bounded line without what tells of a person, from any provider', async () => {
    const hostile = `no\r\n\u0000\u202e\ud800 card 4276 1234 5678 9012 of payer@example.ru, +7 999 000-11-22 ${'sk'.repeat(30)} ${'x '.repeat(2_000)}`;
    answer = () => ({ status: 'failed', failureReason: hostile });
    const reason = failureReasonOf((await refund()).row)!;
    assert.ok(reason.length <= 300);
    assert.match(reason, /^no card \[masked\] of \[masked\] \[masked\] \[masked\] x x/);
    assert.doesNotMatch(reason, /[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  it('is null where there are no words', async () => {
    for (const failureReason of ['', ' \n', null, undefined]) {
      answer = () => ({ status: 'failed', ...(failureReason === undefined ? {} : { failureReason }) });
      assert.equal(failureReasonOf((await refund()).row), null);
    }
  });
});

describe('the reason of a failed refund by freepayment', () => {
  let shop: FreepaymentShop;
  before(async () => {
    shop = await startFreepayment({ variant: 'SY' });
  });
  after(() => shop.stop());
  beforeEach(() => {
    shop.acquirer.refundsFail = true;
  });

  it('is in the answers of the API and in the webhook', async () => {
    const payment_id = await shop.paid();
    const response = await shop.companion.api('/refunds', { json: { payment_id } });
    const begun = (await response.json()) as Record<string, unknown>;
    assert.equal(begun['failure_reason'], null);
    const told = await shop.receivedWebhook(payment_id, 'refund.failed');
    const read = await shop.companion.api(`/refunds/${String(begun['refund_id'])}`);
    const { status, failure_reason } = (await read.json()) as Record<string, unknown>;
    assert.deepEqual([status, failure_reason], ['failed', 'Transaction is failed.']);
    assert.equal(told['failure_reason'], failure_reason);
  });
});
