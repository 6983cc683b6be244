import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import { FreepaymentSimulator } from '../../../../demo/simulators/freepayment.ts';
import { VARIANTS } from '../../../../demo/simulators/freepayment-requests.ts';
import { snapshotSchema } from '../../../../src/protocol/schemas.ts';
import { startFreepayment, type FreepaymentShop } from '../../../support/freepayment-shop.ts';
import { Pace } from '../../../support/pace.ts';

const MINUTE_MS = 60_000;
const LIFETIME_MS = { SY: null, BC: 60 * MINUTE_MS, IZ: 15 * MINUTE_MS, MT: 15 * MINUTE_MS };

for (const variant of VARIANTS) {
  describe(`a payment by freepayment ${variant}`, () => {
    let shop: FreepaymentShop;
    before(async () => {
      shop = await startFreepayment({ variant });
    });
    after(() => shop.stop());

    it('is created, paid, confirmed by a status query and reported', async () => {
      const pace = Pace.start();
      const begun = Date.now();
      const { payment_id, token, expires_at } = await shop.create({ expires_in: 7_200 });
      const snapshot = v.parse(
        snapshotSchema,
        await (await shop.companion.checkout('/session', token)).json(),
      );
      const { presentation } = snapshot;
      if (presentation.kind === 'form') {
        assert.equal(variant, 'IZ');
        const body = new URLSearchParams(presentation.fields.map(({ name, value }) => [name, value]));
        const page = await fetch(presentation.action, { method: presentation.http_method, body });
        assert.match(await page.text(), /Оплатить/, "the payer sees the acquirer's page");
      } else {
        const { form } = shop.bill(payment_id);
        assert.deepEqual(presentation, { kind: 'link', url: form.action, deep_link: null });
      }
      const lifetime = LIFETIME_MS[variant] ?? 7_200_000;
      const drift = Math.abs(Date.parse(expires_at) - begun - lifetime);
      assert.ok(drift < pace.stretch(10_000), `ends ${drift} ms off`);

      await shop.acquirer.act(payment_id, 'process');
      assert.equal((await shop.read(payment_id)).status, 'created');
      await shop.acquirer.act(payment_id, 'pay');
      const { status, receipt_url } = await shop.read(payment_id);
      assert.equal(status, 'paid', 'as soon as the webhook is answered');
      assert.match(String(receipt_url), /^https:\/\/account\.freepayment\.example/);
      const { path } = shop.acquirer.calls.at(-1)!;
      assert.equal(path, `/beyag/transactions/${shop.bill(payment_id).id}`);
      await shop.receivedWebhook(payment_id, 'payment.paid');
    });

    it('ends with the acquirer’s status', async () => {
      for (const [deed, status] of [
        ['decline', 'failed'],
        ['expire', 'expired'],
        ['discard', 'canceled'],
      ] as const) {
        const { payment_id } = await shop.create();
        await (deed === 'discard' ? shop.acquirer.discard(payment_id) : shop.acquirer.act(payment_id, deed));
        assert.equal((await shop.read(payment_id)).status, status);
      }
    });

    it('is created once at the acquirer, even if answers are lost', async () => {
      for (const lost of [1, 3]) {
        const made = shop.acquirer.bills.size;
        shop.acquirer.fault = { kind: 'drop-answer', left: lost };
        const { payment_id } = await shop.create();
        await shop.until('an offer', async () => (await shop.read(payment_id)).receipt_url !== null);
        assert.equal(shop.acquirer.bills.size, made + 1);
      }
    });

    it('is refused without a call when a required field is missing', async () => {
      const asked = shop.acquirer.calls.length;
      const response = await shop.companion.api('/payments', { json: { order_id: 'A', amount: 100 } });
      const expected = { SY: ['customer.ip', 'customer.email'], IZ: ['customer.phone', 'customer.email'] };
      if (variant === 'SY' || variant === 'IZ') {
        assert.equal(response.status, 422);
        const { errors } = (await response.json()) as { errors: { path: string }[] };
        assert.deepEqual(
          errors.map(({ path }) => path),
          expected[variant],
        );
        assert.equal(shop.acquirer.calls.length, asked);
      } else {
        assert.equal(response.status, 201);
        assert.equal(shop.acquirer.calls.length, asked + 1);
      }
    });
  });
}

describe('a webhook of freepayment', () => {
  let shop: FreepaymentShop;
  before(async () => {
    shop = await startFreepayment({ variant: 'BC' });
  });
  after(() => shop.stop());

  /** The webhook of a paid bill, although the bill is not paid. */
  function successful(id: string) {
    const bill = shop.bill(id);
    bill.status = 'paid';
    const message = shop.acquirer.messageOf(id);
    bill.status = 'created';
    return message;
  }

  it('never pays without a status query, even with a valid signature', async () => {
    const { payment_id } = await shop.create();
    const old = successful(payment_id);
    assert.equal(await shop.acquirer.send(old), 200);
    assert.equal(await shop.acquirer.send(old), 200);
    assert.equal((await shop.read(payment_id)).status, 'created');
  });

  it('is refused when it is forged', async () => {
    const { payment_id } = await shop.create();
    const message = successful(payment_id);
    const stranger = new FreepaymentSimulator({ variant: 'BC' });
    const asked = shop.acquirer.calls.length;
    for (const forged of [
      stranger.proven(message.url, message.body),
      { ...message, headers: {} },
      { ...message, body: message.body.replace('125000', '1') },
      { ...message, headers: { ...message.headers, authorization: 'Basic c2hvcDprZXk=' } },
    ]) {
      assert.equal(await shop.acquirer.send(forged), 401);
    }
    assert.equal((await shop.read(payment_id)).status, 'created');
    assert.equal(shop.acquirer.calls.length, asked, 'and nobody is asked about it');
  });

  it('is not acknowledged while the acquirer does not confirm it, and applied later', async () => {
    const { payment_id } = await shop.create();
    const message = successful(payment_id);
    shop.bill(payment_id).status = 'paid';
    shop.acquirer.fault = { kind: 'hang-up', left: 100 };
    assert.equal(await shop.acquirer.send(message), 503);
    assert.equal((await shop.read(payment_id)).status, 'created');
    shop.acquirer.fault = null;
    assert.equal(await shop.acquirer.send(message), 200);
    assert.equal((await shop.read(payment_id)).status, 'paid');
  });

  it('with another amount never pays, and is reported to the merchant', async () => {
    const { payment_id } = await shop.create();
    shop.acquirer.rewrite = (key, value) => (key === 'amount' ? 1 : value);
    await shop.acquirer.act(payment_id, 'pay');
    const { status, events } = await shop.read(payment_id);
    shop.acquirer.rewrite = null;
    assert.equal(status, 'created');
    assert.ok(events.some(({ note }) => note === 'amount_mismatch'));
    const attention = await shop.receivedWebhook(payment_id, 'payment.attention');
    assert.deepEqual([attention['reason'], attention['reported_amount']], ['amount_mismatch', 1]);
  });

  it('with an unknown status changes nothing', async () => {
    const { payment_id } = await shop.create();
    shop.acquirer.rewrite = (key, value) => (key === 'status' ? 'teleported' : value);
    await shop.acquirer.act(payment_id, 'pay');
    const { status, events } = await shop.read(payment_id);
    shop.acquirer.rewrite = null;
    assert.equal(status, 'created');
    assert.ok(events.some(({ note }) => note === 'unknown_status'));
  });

  it("is verified by the shop's credentials if no key is configured", async () => {
    const other = await startFreepayment({ variant: 'MT', proof: 'basic' });
    try {
      const { payment_id } = await other.create();
      const message = other.acquirer.messageOf(payment_id);
      const wrong = { authorization: 'Basic c2hvcDprZXk=' };
      assert.equal(await other.acquirer.send({ ...message, headers: wrong }), 401);
      assert.equal(await other.acquirer.send({ ...message, headers: {} }), 401);
      await other.acquirer.act(payment_id, 'pay');
      assert.equal((await other.read(payment_id)).status, 'paid');
    } finally {
      await other.stop();
    }
  });
});
