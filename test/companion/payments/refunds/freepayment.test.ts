import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { startFreepayment, type FreepaymentShop } from '../../../support/freepayment-shop.ts';

interface Refund {
  readonly refund_id: string;
  readonly status: string;
}

describe('a refund by freepayment', () => {
  let shop: FreepaymentShop;
  before(async () => {
    shop = await startFreepayment({ variant: 'BC' });
  });
  after(() => shop.stop());
  afterEach(() => {
    shop.acquirer.fault = null;
    shop.acquirer.webhooksLost = false;
    shop.acquirer.refundsFail = false;
  });

  const ask = (payment_id: string, fields: object = {}, at = shop) =>
    at.companion.api('/refunds', { json: { payment_id, ...fields } });
  async function refund(paymentId: string, fields: object = {}): Promise<Refund> {
    const response = await ask(paymentId, fields);
    assert.equal(response.status, 201);
    return (await response.json()) as Refund;
  }
  const statusOf = async (id: string) =>
    ((await (await shop.companion.api(`/refunds/${id}`)).json()) as Refund).status;
  const untilRefund = (id: string, status: string) =>
    shop.until(`${id} ${status}`, async () => (await statusOf(id)) === status);
  const asked = () => shop.acquirer.calls.filter(({ path }) => path.endsWith('/refunds')).length;

  it('of a part and then the rest is pending first, and settled by the acquirer’s answer', async () => {
    const id = await shop.paid();
    const part = await refund(id, { amount: 25_000, reason: 'damaged' });
    assert.equal(part.status, 'pending');
    await untilRefund(part.refund_id, 'succeeded');
    assert.equal((await shop.read(id)).status, 'partial_refunded');
    const rest = await refund(id);
    await untilRefund(rest.refund_id, 'succeeded');
    const { status, refunded_amount } = await shop.read(id);
    assert.deepEqual([status, refunded_amount, shop.bill(id).refunded], ['refunded', 125_000, 125_000]);
    await shop.receivedWebhook(id, 'refund.succeeded');
  });

  it('that the banks do not execute fails and changes no amount', async () => {
    const id = await shop.paid();
    shop.acquirer.refundsFail = true;
    const { refund_id } = await refund(id);
    await untilRefund(refund_id, 'failed');
    assert.equal((await shop.read(id)).status, 'paid');
    shop.acquirer.refundsFail = false;
    await untilRefund((await refund(id)).refund_id, 'succeeded');
  });

  it('is not settled by a replayed webhook', async () => {
    const id = await shop.paid();
    shop.acquirer.webhooksLost = true;
    shop.acquirer.refundsFail = true;
    const { refund_id } = await refund(id, { amount: 1_000 });
    await shop.until('the result', () => shop.acquirer.refunds.at(-1)!.status === 'failed');
    const { url, body } = shop.acquirer.sent.at(-1)!;
    shop.acquirer.webhooksLost = false;
    const lie = shop.acquirer.proven(url, body.replaceAll('failed', 'successful'));
    assert.equal(await shop.acquirer.send(lie), 200);
    assert.equal(await statusOf(refund_id), 'failed', 'the acquirer was asked, and said so');
    assert.equal((await shop.read(id)).refunded_amount, 0);
  });

  it('whose answer was lost is never requested again, and is settled by its webhook', async () => {
    const id = await shop.paid();
    const before = asked();
    shop.acquirer.webhooksLost = true;
    shop.acquirer.fault = { kind: 'drop-answer', left: 1 };
    const { refund_id, status } = await refund(id, { amount: 5_000, reason: 'damaged' });
    assert.equal(status, 'pending');
    await shop.until('the operator is told', () =>
      shop.companion.logs().includes(`it is unknown whether ${refund_id} was made`),
    );
    await shop.until('the result', () => shop.acquirer.refunds.at(-1)!.status === 'successful');
    assert.deepEqual([asked(), await statusOf(refund_id)], [before + 1, 'pending']);

    const message = shop.acquirer.sent.at(-1)!;
    shop.acquirer.webhooksLost = false;
    shop.acquirer.fault = { kind: 'hang-up', left: 100 };
    assert.equal(await shop.acquirer.send(message), 503, 'nobody can confirm it now');
    assert.equal(await statusOf(refund_id), 'pending');
    shop.acquirer.fault = null;
    assert.equal(await shop.acquirer.send(message), 200);
    assert.equal(await statusOf(refund_id), 'succeeded');
    assert.deepEqual([asked(), shop.bill(id).refunded], [before + 1, 5_000]);
  });

  it('is requested once more after a call that did not reach the acquirer', async () => {
    const id = await shop.paid();
    const before = asked();
    shop.acquirer.fault = { kind: 'status-429', left: 1 };
    const { refund_id } = await refund(id, { amount: 5_000 });
    await untilRefund(refund_id, 'succeeded');
    assert.deepEqual([asked(), shop.bill(id).refunded], [before + 2, 5_000]);
  });

  it('that the acquirer refuses fails', async () => {
    const id = await shop.paid();
    shop.bill(id).refunded = 0;
    shop.bill(id).status = 'created';
    assert.equal((await refund(id)).status, 'failed');
    await shop.receivedWebhook(id, 'refund.failed');
  });

  it('is limited to one refund if the variant allows only one', async () => {
    const once = await startFreepayment({ variant: 'MT' });
    try {
      const id = await once.paid();
      assert.equal((await ask(id, { amount: 1_000 }, once)).status, 201);
      assert.equal((await ask(id, { amount: 1_000 }, once)).status, 409);
      await once.until('the money', async () => (await once.read(id)).status === 'partial_refunded');
      assert.equal((await ask(id, { amount: 1_000 }, once)).status, 409);
      assert.equal(once.bill(id).refunded, 1_000);
    } finally {
      await once.stop();
    }
  });
});
