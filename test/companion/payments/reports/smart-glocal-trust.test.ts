import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Message } from '../../../../demo/simulators/simulator.ts';
import { SmartGlocalShop, until } from '../../../support/smart-glocal-shop.ts';

const FOREIGN_LINK = 'https://elsewhere.example/pay';

/** Returns a signed webhook about another merchant's session, whose owner has chosen our reference. */
function foreign(place: SmartGlocalShop, type: string, reference: string): Message {
  const payment = {
    id: 'pm_foreign',
    status: type === 'payment_finished' ? 'succeeded' : 'in_progress',
    metadata: reference,
    customer: { reference },
    amount_details: { amount: 125_000, currency: 'RUB' },
    customer_interaction: { type: 'redirect', redirect: { url: FOREIGN_LINK } },
  };
  const status = type === 'payment_finished' ? 'accepted' : 'in_progress';
  const updated_at = new Date().toISOString();
  return place.system.signed({
    type,
    session: { id: 'ps_foreign', status, updated_at, acquiring_payments: [payment] },
  });
}

const TYPES = ['ready_to_confirm', 'action_required', 'payment_finished', 'payment_refunded'];

describe('a webhook by Smart Glocal', () => {
  let place: SmartGlocalShop;
  before(async () => {
    place = await SmartGlocalShop.open();
  });
  after(() => place.close());

  it('is refused when its signature does not match its bytes', async () => {
    const { payment_id } = await place.offered();
    const genuine = place.system.message('payment_finished', payment_id);
    const paid = genuine.body
      .replace('"status":"in_progress"', '"status":"accepted"')
      .replace(/("id":"pm_[^"]+","status":)"in_progress"/, '$1"succeeded"');
    const signature = genuine.headers['x-partner-sign']!;
    const signed = (value: string) => ({ ...genuine, headers: { 'x-partner-sign': value } });
    for (const forged of [
      { ...genuine, body: paid },
      { ...genuine, body: `${genuine.body} ` },
      { ...genuine, headers: {} },
      signed(''),
      signed('x'),
      signed(signature.slice(0, -6)),
      signed(`${signature}A`),
      signed('A'.repeat(5_000)),
      signed(Buffer.from('é').toString('latin1')),
    ]) {
      assert.equal(await place.system.send(forged), 401);
    }
    assert.equal((await place.read(payment_id)).status, 'created');
    assert.equal(await place.system.send(genuine), 200, 'and the genuine one is not spent');
  });

  it("of another merchant's session with our reference changes nothing", async () => {
    const { payment_id, token } = await place.offered();
    const before = await place.session(token);
    for (const type of TYPES) {
      assert.equal(await place.system.send(foreign(place, type, payment_id)), 200, type);
    }
    const after = await place.session(token);
    assert.deepEqual(
      [after.status, after.version, after.presentation],
      [before.status, before.version, before.presentation],
    );
    assert.equal(place.done('/session/confirm', 'ps_foreign'), 0);
    const { id } = place.system.session(payment_id);
    await place.system.act(payment_id, 'pay');
    assert.equal((await place.read(payment_id)).status, 'paid', 'by the session that is ours');
    assert.equal(place.done('/session/confirm', id), 1);
  });

  it('of another session changes nothing while our session is unknown', async () => {
    place.system.webhooksLost = true;
    place.system.fault = { kind: 'drop-answer', left: 1 };
    const made = await place.create();
    place.system.webhooksLost = false;
    for (const type of TYPES) {
      // The provider answers that it does not know this session. The webhook is not acknowledged, so that it comes again.
      assert.equal(await place.system.send(foreign(place, type, made.payment_id)), 503, type);
    }
    const { status, presentation } = await place.session(made.token);
    assert.deepEqual([status, presentation], ['created', { kind: 'pending' }]);
    assert.equal(await place.tell('ready_to_confirm', made.payment_id), 200);
    await place.offered(made);
    assert.ok(!JSON.stringify(await place.session(made.token)).includes(FOREIGN_LINK));
  });

  it('is not acknowledged while the session is unknown and the provider does not answer', async () => {
    place.system.webhooksLost = true;
    place.system.fault = { kind: 'drop-answer', left: 1 };
    const made = await place.create();
    place.system.webhooksLost = false;
    const message = place.system.message('ready_to_confirm', made.payment_id);
    place.system.fault = { kind: 'status-500', left: 100 };
    assert.equal(await place.system.send(message), 503);
    place.system.fault = null;
    assert.equal(await place.system.send(message), 200);
    await place.offered(made);
  });

  it('of an unknown payment is stored and changes nothing', async () => {
    assert.equal(await place.system.send(foreign(place, 'payment_finished', 'pay_nobodynobodynobody')), 200);
    assert.equal(await place.system.send(foreign(place, 'ready_to_confirm', 'order123')), 200);
    assert.equal(place.done('/session/confirm', 'ps_foreign'), 0);
  });
});

describe('a refund by Smart Glocal', () => {
  let place: SmartGlocalShop;
  before(async () => {
    place = await SmartGlocalShop.open();
  });
  after(() => place.close());

  const refund = async (id: string, amount?: number) => {
    const response = await place.shop.api('/refunds', {
      json: { payment_id: id, ...(amount === undefined ? {} : { amount }) },
    });
    assert.equal(response.status, 201);
    return (await response.json()) as { refund_id: string; status: string };
  };
  const statusOf = async (refundId: string) =>
    ((await (await place.shop.api(`/refunds/${refundId}`)).json()) as { status: string }).status;

  it('is pending until its webhook, for a part and in full', async () => {
    const { payment_id } = await place.paid();
    const part = await refund(payment_id, 25_000);
    await place.untilStatus(payment_id, 'partial_refunded');
    assert.equal(await statusOf(part.refund_id), 'succeeded');
    await refund(payment_id);
    const { refunded_amount } = await place.untilStatus(payment_id, 'refunded');
    assert.equal(refunded_amount, 125_000);
    assert.equal(place.system.bills.get(payment_id)!.refunded, 125_000);
  });

  it('is made once when its answer is lost', async () => {
    const { payment_id } = await place.paid();
    place.system.fault = { kind: 'drop-answer', left: 1 };
    await refund(payment_id, 25_000);
    const { refunded_amount } = await place.untilStatus(payment_id, 'partial_refunded');
    assert.equal(refunded_amount, 25_000);
    assert.equal(place.system.bills.get(payment_id)!.refunded, 25_000);
  });

  it('fails when the provider refuses it', async () => {
    const { payment_id } = await place.paid();
    place.system.session(payment_id).status = 'refunded';
    assert.equal((await refund(payment_id)).status, 'failed');
    assert.equal((await place.read(payment_id)).status, 'paid');
  });

  /** Resolves the only open attention. */
  async function resolve({ shop }: SmartGlocalShop, paymentId: string, resolution: object): Promise<void> {
    const path = `/payments/${paymentId}`;
    const { attention } = (await (await shop.api(path)).json()) as {
      attention: { attention_id: string; reason: string }[];
    };
    assert.deepEqual(
      attention.map(({ reason }) => reason),
      ['unmatched_refund'],
    );
    const response = await shop.api(`${path}/attention/${attention[0]!.attention_id}/resolve`, {
      json: resolution,
    });
    assert.equal(response.status, 200, await response.text());
  }

  it('is matched once as many webhooks have come as refunds are pending', async () => {
    const slow = await SmartGlocalShop.open({ delayMs: null });
    const { payment_id } = await slow.create();
    await slow.tell('ready_to_confirm', payment_id);
    await until('the confirmation', () => slow.system.session(payment_id).confirmed);
    await slow.system.act(payment_id, 'pay');
    const ask = async (amount: number) => {
      const response = await slow.shop.api('/refunds', { json: { payment_id, amount } });
      return ((await response.json()) as { refund_id: string }).refund_id;
    };
    // This refund was made in the provider's cabinet, with an unknown amount. A person has to enter it.
    assert.equal(await slow.tell('payment_refunded', payment_id), 200);
    await resolve(slow, payment_id, { outcome: 'money_out', amount: 1_000 });
    const both = [await ask(25_000), await ask(50_000)];
    const statuses = () =>
      Promise.all(
        both.map(async (id) => {
          return ((await (await slow.shop.api(`/refunds/${id}`)).json()) as { status: string }).status;
        }),
      );
    const message = slow.system.message('payment_refunded', payment_id);
    for (let copy = 0; copy < 5; copy++) assert.equal(await slow.system.send(message), 200);
    assert.deepEqual(await statuses(), ['pending', 'pending'], 'which one is not told');
    assert.equal(await slow.tell('payment_refunded', payment_id), 200);
    assert.deepEqual(await statuses(), ['succeeded', 'succeeded']);
    const { status, refunded_amount, events } = await slow.read(payment_id);
    assert.deepEqual([status, refunded_amount], ['partial_refunded', 76_000]);
    assert.equal(events.filter(({ note }) => note === 'unmatched_refund').length, 2);
    assert.equal(await slow.tell('payment_refunded', payment_id), 200);
    assert.equal((await slow.read(payment_id)).refunded_amount, 76_000);
    // This is one report more than the refunds that we requested.
    await resolve(slow, payment_id, { outcome: 'no_money' });
    await slow.close();
  });
});
