import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StreamReader } from '../../../support/event-source.ts';
import { MerchantServer } from '../../../support/merchant-server.ts';
import { SmartGlocalShop, until } from '../../../support/smart-glocal-shop.ts';

const AMOUNT = 125_000;

/** One payment from the create to the money, with all disturbances. */
describe('a payment by Smart Glocal', () => {
  let place: SmartGlocalShop;
  before(async () => {
    place = await SmartGlocalShop.open();
  });
  after(() => place.close());

  it('shows its link on an open page, and the money, without a reload', async () => {
    const merchant = await MerchantServer.open();
    const made = await place.create({ callback_url: merchant.url, customer: { phone: '8 999 000 11 22' } });
    const stream = await StreamReader.open(place.shop.url, made.token);
    const { id, link } = place.system.session(made.payment_id);
    await stream.until(({ snapshots }) => snapshots.some(({ presentation }) => presentation.kind === 'link'));
    assert.deepEqual(stream.snapshots.at(-1)!.presentation, { kind: 'link', url: link, deep_link: null });
    assert.equal((await place.read(made.payment_id)).qr_payload, link, 'byte for byte');
    await place.system.act(made.payment_id, 'pay');
    await stream.until(({ snapshots }) => snapshots.some(({ status }) => status === 'paid'));
    const versions = stream.snapshots.map(({ version }) => version);
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
    );
    stream.stop();
    await until('the merchant', () =>
      [...merchant.received.values()].some(({ event }) => event === 'payment.paid'),
    );
    await merchant.close();
    assert.equal(place.done('/session/confirm', id), 1);
    assert.equal(place.done('/session/init/payment'), 1);
    assert.ok(!place.shop.logs().includes('9990001122'));
  });

  it('is the same with repeated and reordered webhooks', async () => {
    const from = place.system.sent.length;
    const { payment_id } = await place.paid();
    const { version } = await place.session((await place.read(payment_id)).token);
    for (const message of place.system.sent.slice(from).reverse()) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => place.system.send(message)));
      assert.deepEqual(new Set(answers), new Set([200]));
    }
    const { status, token, events } = await place.read(payment_id);
    assert.equal(status, 'paid');
    assert.equal((await place.session(token)).version, version);
    assert.equal(events.filter((event) => event.status !== event.status_before).length, 1);
  });

  it('is paid by the final webhook, even if the webhook with the link comes later', async () => {
    const slow = await SmartGlocalShop.open({ delayMs: null });
    const { payment_id, token } = await slow.create();
    assert.equal(await slow.tell('ready_to_confirm', payment_id), 200);
    await until('the confirmation', () => slow.system.session(payment_id).confirmed);
    const link = slow.system.message('action_required', payment_id);
    await slow.system.act(payment_id, 'pay');
    assert.equal((await slow.read(payment_id)).status, 'paid');
    assert.equal(await slow.system.send(link), 200);
    const { status, presentation } = await slow.session(token);
    assert.deepEqual([status, presentation], ['paid', { kind: 'pending' }]);
    await slow.close();
  });

  it('is found by its webhook when the answer to the create is lost, and no second one is made', async () => {
    const before = place.system.opened.length;
    place.system.fault = { kind: 'drop-answer', left: 1 };
    const made = await place.create();
    assert.equal(made.status, 'created');
    await place.offered(made);
    await place.system.act(made.payment_id, 'pay');
    await place.untilStatus(made.payment_id, 'paid');
    assert.equal(place.system.opened.length, before + 1);
  });

  it('is found also by a later webhook, after failed retries of the create', async () => {
    const before = place.system.opened.length;
    place.system.webhooksLost = true;
    place.system.fault = { kind: 'drop-answer', left: 1 };
    const made = await place.create();
    const repeats = () =>
      place.system.calls.filter(({ body, status }) => status === 400 && body.includes(made.payment_id))
        .length;
    await until('two rounds', () => repeats() >= 2);
    const { status, presentation } = await place.session(made.token);
    assert.deepEqual([status, presentation], ['created', { kind: 'pending' }]);
    place.system.webhooksLost = false;
    assert.equal(await place.tell('ready_to_confirm', made.payment_id), 200);
    await place.offered(made);
    assert.equal(place.system.opened.length, before + 1);
  });

  it('does not block other payments while many wait for their webhook', async () => {
    place.system.webhooksLost = true;
    for (let i = 0; i < 10; i++) {
      place.system.fault = { kind: 'drop-answer', left: 1 };
      await place.create();
    }
    place.system.webhooksLost = false;
    const before = place.system.opened.length;
    const { payment_id } = await place.create();
    assert.equal(place.system.opened.length, before + 1, 'its session was made at once');
    await place.offered(await place.create());
    assert.equal((await place.read(payment_id)).status, 'created');
  });

  it('is delayed by seconds when every webhook is lost', async () => {
    place.system.webhooksLost = true;
    await place.paid();
    place.system.webhooksLost = false;
  });

  it('fails when the bank declines it', async () => {
    const { payment_id } = await place.offered();
    await place.system.act(payment_id, 'decline');
    await place.untilStatus(payment_id, 'failed');
  });

  it('is closed at the provider when the payer or the merchant cancels it', async () => {
    const byPayer = await place.offered();
    const { status, body } = await place.ask(byPayer.token, 'cancel');
    assert.deepEqual([status, body['status']], [200, 'canceled']);
    const byMerchant = await place.offered();
    const response = await place.shop.api(`/payments/${byMerchant.payment_id}/cancel`, { method: 'POST' });
    assert.equal(response.status, 200);
    for (const { payment_id } of [byPayer, byMerchant]) {
      assert.equal(place.system.session(payment_id).status, 'canceled');
      assert.equal(place.done('/session/cancel', place.system.session(payment_id).id), 1);
      assert.equal(await place.tell('payment_finished', payment_id), 200);
      assert.equal((await place.read(payment_id)).status, 'canceled');
    }
    const paid = await place.paid();
    assert.equal((await place.ask(paid.token, 'cancel')).status, 409);
    assert.equal(place.system.session(paid.payment_id).status, 'paid');
  });

  it('is closed as soon as its session is known if it was canceled earlier', async () => {
    place.system.webhooksLost = true;
    place.system.fault = { kind: 'drop-answer', left: 1 };
    const made = await place.create();
    assert.equal((await place.ask(made.token, 'cancel')).status, 200);
    place.system.webhooksLost = false;
    assert.equal(await place.tell('ready_to_confirm', made.payment_id), 200);
    await until('the close', () => place.system.session(made.payment_id).status === 'canceled');
    assert.equal(place.system.session(made.payment_id).confirmed, false);
  });

  it('is canceled by either spelling of the status', async () => {
    for (const spelling of ['cancelled', 'canceled'] as const) {
      const own = await SmartGlocalShop.open({ spelling });
      const { payment_id } = await own.offered();
      own.system.session(payment_id).status = 'canceled';
      assert.equal(await own.tell('payment_finished', payment_id), 200);
      assert.equal((await own.read(payment_id)).status, 'canceled');
      await own.close();
    }
  });

  it('is processing only after it has a link', async () => {
    const { payment_id, token } = await place.offered();
    await place.system.act(payment_id, 'process');
    await place.untilStatus(payment_id, 'processing');
    await place.system.act(payment_id, 'pay');
    assert.equal((await place.session(token)).status, 'paid');

    const slow = await SmartGlocalShop.open({ delayMs: null });
    const made = await slow.create();
    const bill = slow.system.session(made.payment_id);
    Object.assign(bill, { confirmed: true, status: 'processing' });
    assert.equal(await slow.tell('payment_finished', made.payment_id), 200);
    assert.equal((await slow.session(made.token)).status, 'created', 'a page would hide the link to come');
    bill.status = 'created';
    assert.equal(await slow.tell('action_required', made.payment_id), 200);
    assert.equal((await slow.session(made.token)).presentation.kind, 'link');
    await slow.close();
  });

  it('opens SberPay by its own link if the provider sends one', async () => {
    const own = await SmartGlocalShop.open({ link: 'sberpay' });
    const { payment_id, token } = await own.offered();
    const { link } = own.system.session(payment_id);
    assert.match(link, /^sberpay:/);
    const { presentation } = await own.session(token);
    assert.deepEqual(presentation, { kind: 'link', url: link, deep_link: link });
    await own.close();
  });

  it('starts by the pair of calls if that is configured', async () => {
    const own = await SmartGlocalShop.open({}, { SBP_SMART_GLOCAL_FLOW: 'create' });
    await own.paid();
    assert.deepEqual([own.done('/session/create'), own.done('/session/start/payment')], [1, 1]);
    own.system.fault = { kind: 'drop-answer', left: 1 };
    await own.offered(await own.create());
    assert.equal(own.done('/session/start/payment'), 2, 'what was not answered is not started, or not twice');
    await own.close();
  });

  it('expires after 20 minutes, also when a webhook comes before the answer to the create', async () => {
    let ahead = 0;
    const own = await SmartGlocalShop.open({ now: () => Date.now() + ahead });
    const made = await own.offered(await own.create({ expires_in: 3_600 }));
    const { expires_at } = await own.session(made.token);
    const minutes = (Date.parse(expires_at) - Date.now()) / 60_000;
    assert.ok(minutes > 19.5 && minutes <= 20, `${minutes} minutes`);
    ahead = 21 * 60_000;
    // The provider has no status for expired and sends canceled. The payer can still get a new code.
    await own.untilStatus(made.payment_id, 'expired');
    assert.equal((await own.ask(made.token, 'renew')).status, 200);
    await own.offered(made);
    await own.system.act(`${made.payment_id}-2`, 'pay');
    await own.untilStatus(made.payment_id, 'paid');
    await own.close();
  });

  it('neither accepts nor confirms another amount', async () => {
    const merchant = await MerchantServer.open();
    const own = await SmartGlocalShop.open({ delayMs: null });
    const made = await own.create({ callback_url: merchant.url });
    const other = (type: string) => {
      const { body } = own.system.message(type, made.payment_id);
      return own.system.signed(JSON.parse(body.replaceAll(String(AMOUNT), String(AMOUNT - 1))));
    };
    assert.equal(await own.system.send(other('ready_to_confirm')), 200);
    Object.assign(own.system.session(made.payment_id), { confirmed: true, status: 'paid' });
    assert.equal(await own.system.send(other('payment_finished')), 200);
    const { status, events } = await own.read(made.payment_id);
    assert.equal(status, 'created');
    assert.equal(events.filter(({ note }) => note === 'amount_mismatch').length, 2);
    assert.equal(own.done('/session/confirm'), 0);
    await until('the merchant', () =>
      [...merchant.received.values()].some(({ event }) => event === 'payment.attention'),
    );
    await own.close();
    await merchant.close();
  });

  it('accepts unknown webhooks without a change', async () => {
    const { payment_id, token } = await place.offered();
    const { version } = await place.session(token);
    const { body } = place.system.message('payment_finished', payment_id);
    for (const changed of [
      body.replaceAll('in_progress', 'teleported'),
      body.replace('payment_finished', 'payment_teleported'),
      body.replace('payment_finished', 'ready_to_capture'),
      JSON.stringify({ type: 'payment_finished' }),
      JSON.stringify({ type: 'payment_finished', session: { id: 'ps_unknown', status: 'accepted' } }),
      '{}',
    ]) {
      const payload = JSON.parse(changed) as Record<string, unknown>;
      assert.equal(await place.system.send(place.system.signed(payload)), 200, changed);
    }
    const { version: now, status } = await place.session(token);
    assert.deepEqual([status, now], ['created', version]);
  });
});

describe("a message to the payer's phone", () => {
  it('is sent by the provider, with the number in the provider’s format', async () => {
    const place = await SmartGlocalShop.open();
    const { payment_id, token } = await place.offered();
    assert.ok((await place.session(token)).actions.includes('push'));
    assert.equal((await place.ask(token, 'push', { phone: '+7 (999) 000-11-22' })).status, 200);
    assert.equal((await place.ask(token, 'push', { phone: '89990001122' })).status, 200);
    assert.deepEqual(place.system.session(payment_id).pushes, ['79990001122', '79990001122']);
    // Only the provider's refusal contains the number.
    place.system.session(payment_id).status = 'processing';
    const { status, body } = await place.ask(token, 'push', { phone: '89990001122' });
    assert.deepEqual([status, body['code']], [409, 'push_not_sent']);
    assert.ok(!JSON.stringify(body).includes('not_to_push'));
    assert.match(place.shop.logs(), /not_to_push/);
    assert.ok(!place.shop.logs().includes('9990001122'));
    await place.close();
  });
});
