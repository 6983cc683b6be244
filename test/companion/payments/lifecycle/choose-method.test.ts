import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import { snapshotSchema } from '../../../../src/protocol/schemas.ts';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

async function act(path: string, token: string, json: unknown = {}) {
  const response = await fetch(`${shop.url}/checkout/v1/session${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function done(path: string, token: string, json: unknown = {}): Promise<Snapshot> {
  const { status, body } = await act(path, token, json);
  assert.equal(status, 200, JSON.stringify(body));
  return v.parse(snapshotSchema, body);
}

const refusedFields = async (path: string, token: string, json: unknown) => {
  const { status, body } = await act(path, token, json);
  assert.equal(status, 422, JSON.stringify(body));
  return (body['errors'] as { path: string }[]).map((error) => error.path);
};

const sessionOf = async (token: string): Promise<Snapshot> =>
  v.parse(snapshotSchema, await (await shop.checkout('/session', token)).json());
const paymentOf = async (id: string) =>
  (await (await shop.api(`/payments/${id}`)).json()) as CreatedPayment & { events: { event: string }[] };

async function until(id: string, status: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let now = ''; now !== status; now = (await paymentOf(id)).status) {
    assert.ok(Date.now() < deadline, `${id} did not become ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('several methods in one checkout', () => {
  const several = () => shop.createPayment({ methods: ['sbp', 'sberpay', 'buyer_qr'] });

  it('calls no provider before the payer has chosen', async () => {
    const payment = await several();
    assert.deepEqual([payment['method'], payment.qr_payload, payment.qr_id], [null, null, null]);
    const { method, methods, presentation, actions } = await sessionOf(payment.token);
    assert.deepEqual(
      { method, methods, presentation, actions },
      {
        method: null,
        methods: ['sbp', 'sberpay', 'buyer_qr'],
        presentation: { kind: 'pending' },
        actions: ['method', 'cancel'],
      },
    );
  });

  it('offers the chosen method, and lets the payer switch between methods', async () => {
    const { token, payment_id } = await several();
    const sbp = await done('/method', token, { method: 'sbp' });
    assert.equal(sbp.method, 'sbp');
    assert.equal(sbp.presentation.kind, 'link');
    assert.deepEqual(sbp.actions, ['method', 'cancel', 'check']);
    const again = await done('/method', token, { method: 'sbp' });
    assert.equal(again.version, sbp.version, 'what is chosen already is not chosen anew');
    const sberpay = await done('/method', token, { method: 'sberpay', phone: '8 (999) 000-11-22' });
    assert.notDeepEqual(sberpay.presentation, sbp.presentation);
    const scan = await done('/method', token, { method: 'buyer_qr' });
    assert.deepEqual(scan.presentation, { kind: 'scan' });
    assert.deepEqual(scan.actions, ['method', 'cancel', 'buyer_qr']);
    await done('/method', token, { method: 'sbp' });
    await shop.sandbox(payment_id, 'pay');
    assert.equal((await sessionOf(token)).status, 'paid');
    assert.equal((await act('/method', token, { method: 'sberpay' })).status, 409);
  });

  it('counts money that comes by the previous method', async () => {
    const { token, payment_id } = await several();
    const { presentation } = await done('/method', token, { method: 'sbp' });
    await done('/method', token, { method: 'sberpay' });
    // The payer pays the code that is still on another screen, before it is closed.
    if (presentation.kind === 'link') {
      await fetch(presentation.url, { method: 'POST', body: 'action=pay', redirect: 'manual' });
    }
    const { status } = await paymentOf(payment_id);
    // Either the code was closed in time, or its money counts.
    assert.ok(status === 'paid' || status === 'created', status);
  });

  it('refuses a method that was not offered', async () => {
    const { token } = await shop.createPayment();
    assert.deepEqual(await refusedFields('/method', token, { method: 'sberpay' }), ['method']);
    const several = await shop.createPayment({ methods: ['sbp', 'sberpay'] });
    assert.deepEqual(await refusedFields('/method', several.token, { method: 'cash' }), ['method']);
    assert.deepEqual(await refusedFields('/method', several.token, { method: 'sberpay', phone: '12' }), [
      'phone',
    ]);
  });

  it('can be switched a limited number of times', async () => {
    const { token } = await shop.createPayment({ methods: ['sbp', 'sberpay'] });
    for (let choice = 0; choice < 10; choice++) {
      assert.ok((await sessionOf(token)).actions.includes('method'), `choice ${choice}`);
      await done('/method', token, { method: choice % 2 === 0 ? 'sbp' : 'sberpay' });
    }
    assert.deepEqual((await sessionOf(token)).actions, ['push', 'cancel', 'check']);
    assert.equal((await act('/method', token, { method: 'sbp' })).status, 409);
  });

  it('can be renewed a limited number of times', async () => {
    const { token, payment_id } = await shop.createPayment();
    for (let renewal = 0; renewal < 9; renewal++) {
      await shop.sandbox(payment_id, 'expire');
      assert.deepEqual((await sessionOf(token)).actions, ['renew', 'check'], `renewal ${renewal}`);
      await done('/renew', token);
    }
    await shop.sandbox(payment_id, 'expire');
    assert.deepEqual((await sessionOf(token)).actions, ['check']);
    assert.equal((await act('/renew', token)).status, 409);
  });

  it('expires without a choice, and offers the choice again after a renewal', async () => {
    const { token, payment_id } = await shop.createPayment({ methods: ['sbp', 'sberpay'], expires_in: 1 });
    await until(payment_id, 'expired');
    const renewed = await done('/renew', token);
    assert.deepEqual([renewed.method, renewed.status], [null, 'created']);
    assert.ok(renewed.actions.includes('method'));
  });
});

describe("the payer's own code", () => {
  const scanned = () => shop.createPayment({ methods: ['buyer_qr'] });
  const CODE = 'https://sberbank.ru/qr/?ClientIdQr=40ac47&HashId=5c10';

  it('is charged once', async () => {
    const { token, payment_id } = await scanned();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => act('/buyer-qr', token, { payload: CODE })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409, 409]);
    await until(payment_id, 'paid');
    assert.equal(
      (await paymentOf(payment_id)).events.filter(({ event }) => event === 'buyer_qr.scanned').length,
      1,
    );
  });

  it('can be replaced after a code that the bank does not know', async () => {
    const { token, payment_id } = await scanned();
    assert.deepEqual(await refusedFields('/buyer-qr', token, { payload: 'unknown' }), ['payload']);
    const { status, presentation, actions } = await sessionOf(token);
    assert.deepEqual([status, presentation.kind], ['created', 'scan']);
    assert.ok(actions.includes('buyer_qr'));
    await done('/buyer-qr', token, { payload: CODE });
    await until(payment_id, 'paid');
  });

  it('can be replaced a limited number of times', async () => {
    const { token } = await scanned();
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await act('/buyer-qr', token, { payload: 'unknown' })).status);
    assert.deepEqual(statuses, [...Array<number>(10).fill(422), ...Array<number>(2).fill(409)]);
  });

  it('ends the payment when the bank declines it', async () => {
    const { token, payment_id } = await scanned();
    await done('/buyer-qr', token, { payload: 'decline' });
    await until(payment_id, 'failed');
  });

  it('is refused when it is invalid or not expected', async () => {
    const { token } = await scanned();
    for (const payload of ['', 7, null, 'x'.repeat(513), 'no spaces', '<script>', 'код']) {
      assert.deepEqual(await refusedFields('/buyer-qr', token, { payload }), ['payload'], String(payload));
    }
    const sbp = await shop.createPayment();
    assert.equal((await act('/buyer-qr', sbp.token, { payload: CODE })).status, 409);
  });

  it('is never logged', () => {
    assert.ok(!shop.logs().includes('ClientIdQr'));
  });
});

describe("a message to the payer's phone", () => {
  it('is counted with every new attempt that may send one, by the shop’s or the payer’s number', async () => {
    const phone = '+7 999 333-22-11';
    const { token } = await shop.createPayment({ methods: ['sbp', 'sberpay'], customer: { phone } });
    const choose = async (method: string) => (await act('/method', token, { method })).status;
    for (let i = 0; i < 3; i++) {
      assert.equal(await choose('sberpay'), 200);
      assert.equal(await choose('sberpay'), 200, 'and is not, where it is chosen already');
      assert.equal(await choose('sbp'), 200);
    }
    assert.equal(await choose('sberpay'), 429);
    const other = await shop.createPayment({ methods: ['sberpay'] });
    assert.equal((await act('/push', other.token, { phone })).status, 429, 'the same phone');
  });

  it('is sent a limited number of times per minute, and only to a valid number', async () => {
    const { token } = await shop.createPayment({ methods: ['sberpay'] });
    assert.deepEqual(await refusedFields('/push', token, { phone: 'mine' }), ['phone']);
    assert.deepEqual(await refusedFields('/push', token, {}), ['phone']);
    for (let i = 0; i < 3; i++) await done('/push', token, { phone: '+7 (999) 111-22-33' });
    const { status, body } = await act('/push', token, { phone: '+79991112233' });
    assert.deepEqual([status, body['code']], [429, 'too_many_pushes']);
    const other = await shop.createPayment({ methods: ['sberpay'] });
    assert.equal((await act('/push', other.token, { phone: '89991112233' })).status, 429, 'the same phone');
    await done('/push', other.token, { phone: '89991112244' });
    const several = await shop.createPayment({ methods: ['sbp', 'sberpay'] });
    const choose = (phone: string) => act('/method', several.token, { method: 'sberpay', phone });
    assert.equal((await choose('+79991112233')).status, 429, 'the same phone, by another way');
    assert.equal((await sessionOf(several.token)).method, null);
    assert.equal((await choose('+79991112255')).status, 200);
    assert.ok(!shop.logs().includes('9991112233'));
  });
});
