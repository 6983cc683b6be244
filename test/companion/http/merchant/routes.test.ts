import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { verifyWebhook } from '../../../../src/webhooks/webhooks.ts';
import { snapshotSchema } from '../../../../src/protocol/schemas.ts';
import * as v from 'valibot';
import {
  startCompanion,
  WEBHOOK_SECRET,
  type CreatedPayment,
  type TestCompanion,
} from '../../../support/companion.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

let shop: TestCompanion;
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
const merchant = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    received.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});
let callback = '';

before(async () => {
  shop = await startCompanion();
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
  callback = `http://127.0.0.1:${(merchant.address() as { port: number }).port}/hook`;
});
after(async () => {
  await shop.stop();
  merchant.close();
  merchant.closeAllConnections();
});

interface Refund {
  refund_id: string;
  amount: number;
  status: string;
}

const post = (path: string, json: unknown = {}, headers: Record<string, string> = {}) =>
  shop.api(path, { json, headers });
const paymentOf = async (id: string) =>
  (await (await shop.api(`/payments/${id}`)).json()) as CreatedPayment & {
    refunded_amount: number;
    late: boolean;
    events: { event: string; note: string | null; source: string }[];
  };

async function paidPayment(fields: Record<string, unknown> = {}): Promise<CreatedPayment> {
  const payment = await shop.createPayment(fields);
  await shop.sandbox(payment.payment_id, 'pay');
  return payment;
}

async function until(
  check: () => Promise<boolean> | boolean,
  what: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    assert.ok(Date.now() < deadline, `${what} not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const webhooksOf = (paymentId: string) =>
  received
    .filter(({ body }) => body.includes(paymentId))
    .map(({ headers, body }) => verifyWebhook({ headers, body, secrets: WEBHOOK_SECRET }));

/** Changes the status in the sandbox bank's database without a webhook, as if the webhook was lost. */
function bankSays(reference: string, status: string): void {
  const books = new DatabaseSync(shop.databaseFile, { timeout: 5000 });
  books
    .prepare('UPDATE sandbox_payments SET status = ?, notified_status = ? WHERE reference = ?')
    .run(status, status, reference);
  books.close();
}

describe('cancel and close', () => {
  it('end an unpaid payment, by its id or its QR\u2019s, and again without harm', async () => {
    for (const path of [
      ({ payment_id }: CreatedPayment) => `/payments/${payment_id}/cancel`,
      ({ qr_id }: CreatedPayment) => `/qrs/${qr_id}/close`,
      ({ payment_id }: CreatedPayment) => `/qrs/${payment_id}/close`,
    ]) {
      const payment = await shop.createPayment();
      const response = await post(path(payment));
      assert.equal(response.status, 200);
      assert.equal(((await response.json()) as CreatedPayment).status, 'canceled');
      assert.equal((await post(path(payment))).status, 200);
    }
    assert.equal((await post('/payments/pay_nobody/cancel')).status, 404);
  });

  it('leave a paid payment paid', async () => {
    const { payment_id } = await paidPayment();
    const response = await post(`/payments/${payment_id}/cancel`);
    assert.equal(response.status, 409);
    assert.equal((await paymentOf(payment_id)).status, 'paid');
  });

  it('find out at the bank that it was paid a moment before', async () => {
    const { payment_id } = await shop.createPayment();
    bankSays(payment_id, 'paid');
    assert.equal((await post(`/payments/${payment_id}/cancel`)).status, 409);
    assert.equal((await paymentOf(payment_id)).status, 'paid');
  });

  it('count money that comes all the same, and flag it late', async () => {
    const { payment_id } = await shop.createPayment();
    await post(`/payments/${payment_id}/cancel`);
    await shop.sandbox(payment_id, 'pay');
    const { status, late } = await paymentOf(payment_id);
    assert.deepEqual({ status, late }, { status: 'paid', late: true });
  });

  it('are the payer\u2019s, too', async () => {
    const { token, payment_id } = await shop.createPayment();
    const cancel = () =>
      fetch(`${shop.url}/checkout/v1/session/cancel`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    const snapshot = v.parse(snapshotSchema, await (await cancel()).json());
    assert.equal(snapshot.status, 'canceled');
    const { events } = await paymentOf(payment_id);
    assert.ok(events.some(({ event }) => event === 'payment.canceled'));
  });
});

describe('refunds', () => {
  it('give back all, or a part and then the rest, and tell the shop', async () => {
    const { payment_id } = await paidPayment({ callback_url: callback });
    const part = (await (
      await post('/refunds', { payment_id, amount: 25_000, reason: 'Брак' })
    ).json()) as Refund;
    assert.deepEqual({ amount: part.amount, status: part.status }, { amount: 25_000, status: 'succeeded' });
    assert.equal((await paymentOf(payment_id)).status, 'partial_refunded');
    const rest = (await (await post('/refunds', { payment_id })).json()) as Refund;
    assert.equal(rest.amount, 100_000);
    const payment = await paymentOf(payment_id);
    assert.deepEqual([payment.status, payment.refunded_amount], ['refunded', 125_000]);
    assert.deepEqual(await (await shop.api(`/refunds/${rest.refund_id}`)).json(), rest);
    await until(() => webhooksOf(payment_id).length === 3, 'three webhooks');
    assert.deepEqual(
      webhooksOf(payment_id).map(({ event, payload }) => `${event} ${String(payload['amount'])}`),
      ['payment.paid 125000', 'refund.succeeded 25000', 'refund.succeeded 100000'],
    );
  });

  it('never give back more than was paid, however many ask at once', async () => {
    const { payment_id } = await paidPayment();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => post('/refunds', { payment_id, amount: 10_000 })),
    );
    const accepted = answers.filter(({ status }) => status === 201).length;
    assert.equal(accepted, 12);
    assert.ok(answers.every(({ status }) => status === 201 || status === 422));
    const { refunded_amount, status } = await paymentOf(payment_id);
    assert.deepEqual([refunded_amount, status], [120_000, 'partial_refunded']);
    assert.equal((await post('/refunds', { payment_id, amount: 5_001 })).status, 422);
    assert.equal((await post('/refunds', { payment_id, amount: 5_000 })).status, 201);
  });

  it('count once under one key', async () => {
    const { payment_id } = await paidPayment();
    const call = () =>
      post('/refunds', { payment_id, amount: 1_000 }, { 'idempotency-key': `refund-${payment_id}` });
    const first = (await (await call()).json()) as Refund;
    const again = await call();
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(await again.json(), first);
    assert.equal((await paymentOf(payment_id)).refunded_amount, 1_000);
  });

  it('count once under one key, however many ask at once', async () => {
    const { payment_id } = await paidPayment();
    const call = () =>
      post('/refunds', { payment_id, amount: 1_000 }, { 'idempotency-key': `at-once-${payment_id}` });
    const answers = await Promise.all(Array.from({ length: 100 }, call));
    assert.ok(answers.every(({ status }) => status === 201 || status === 409));
    const made = answers.filter(({ status }) => status === 201);
    const refunds = await Promise.all([...made, await call()].map((answer) => answer.json()));
    for (const refund of refunds) assert.deepEqual(refund, refunds[0]);
    assert.equal((await paymentOf(payment_id)).refunded_amount, 1_000);
  });

  it('refuse what cannot be given back, and say why', async () => {
    const { payment_id } = await shop.createPayment();
    assert.equal((await post('/refunds', { payment_id })).status, 409);
    assert.equal((await post('/refunds', { payment_id: 'pay_nobody' })).status, 404);
    for (const body of [
      {},
      { payment_id: 5 },
      { payment_id, amount: 1.5 },
      { payment_id, amount: 0 },
      { payment_id, amount: '5' },
    ]) {
      assert.equal((await post('/refunds', body)).status, 422, JSON.stringify(body));
    }
    assert.equal((await shop.api('/refunds/rfd_nobody')).status, 404);
  });
});

describe('renew', () => {
  const renew = (token: string) =>
    fetch(`${shop.url}/checkout/v1/session/renew`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });

  async function expiredPayment(): Promise<CreatedPayment> {
    const payment = await shop.createPayment({ expires_in: 60 });
    await shop.sandbox(payment.payment_id, 'expire');
    return payment;
  }

  it('gives a fresh code in place, with the time it was first given, and closes the old one', async () => {
    const payment = await expiredPayment();
    const offered = (await (await shop.checkout('/session', payment.token)).json()) as {
      actions: string[];
      version: number;
    };
    assert.ok(offered.actions.includes('renew'));
    const response = await renew(payment.token);
    assert.equal(response.status, 200);
    const snapshot = v.parse(snapshotSchema, await response.json());
    assert.equal(snapshot.status, 'created');
    assert.ok(snapshot.version > offered.version);
    assert.ok(snapshot.presentation.kind === 'link' && snapshot.presentation.url !== payment.qr_payload);
    const left = Date.parse(snapshot.expires_at) - Date.parse(snapshot.now);
    assert.ok(left > 58_000 && left <= 60_000, `${left} ms left`);
    assert.equal((await shop.sandbox(payment.payment_id, 'pay')).status, 200);
    assert.equal((await paymentOf(payment.payment_id)).status, 'paid');
  });

  it('counts money that still comes on the old code, once, and closes the new one', async () => {
    const payment = await expiredPayment();
    // Pay before the old code is closed: afterwards no bank would take the money.
    bankSays(payment.payment_id, 'paid');
    await renew(payment.token);
    await until(
      async () => (await paymentOf(payment.payment_id)).status === 'paid',
      'the old code\u2019s money',
    );
    const second = await shop.sandbox(payment.payment_id, 'pay');
    const after = await paymentOf(payment.payment_id);
    assert.equal(after.status, 'paid');
    if (second.status === 200) assert.ok(after.events.some(({ note }) => note === 'paid_twice'));
  });

  it('is for expired payments only', async () => {
    const { token } = await shop.createPayment();
    assert.equal((await renew(token)).status, 409);
    const paid = await paidPayment();
    assert.equal((await renew(paid.token)).status, 409);
  });

  it('makes one fresh code of many taps at once', async () => {
    const payment = await expiredPayment();
    const answers = await Promise.all(Array.from({ length: 10 }, () => renew(payment.token)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal(
      (await paymentOf(payment.payment_id)).events.filter(({ event }) => event === 'payment.renewed').length,
      1,
    );
  });
});

describe('a lost webhook', () => {
  it('costs seconds, not a sale: the bank is asked', async () => {
    const { payment_id } = await shop.createPayment();
    bankSays(payment_id, 'paid');
    const pace = Pace.start();
    const started = Date.now();
    await until(async () => (await paymentOf(payment_id)).status === 'paid', 'the payment');
    assert.ok(Date.now() - started < pace.stretch(8_000), `${Date.now() - started} ms`);
  });
});

describe('deliveries', () => {
  it('are logged, and sent again under the same id with the same body', async () => {
    const { payment_id } = await paidPayment({ callback_url: callback });
    await until(() => webhooksOf(payment_id).length === 1, 'the webhook');
    interface Page {
      items: { delivery_id: string; status: string; attempts: number; event: string }[];
    }
    const log = async () =>
      ((await (await shop.api(`/deliveries?payment_id=${payment_id}`)).json()) as Page).items;
    await until(async () => (await log())[0]?.status === 'delivered', 'the log');
    const [entry] = await log();
    assert.equal(entry!.event, 'payment.paid');
    assert.equal((await post(`/deliveries/${entry!.delivery_id}/redeliver`)).status, 202);
    await until(() => webhooksOf(payment_id).length === 2, 'the second copy');
    const [first, second] = received.filter(({ body }) => body.includes(payment_id));
    assert.equal(first!.body, second!.body);
    assert.equal(first!.headers['x-sbp-delivery'], second!.headers['x-sbp-delivery']);
    assert.equal((await post('/deliveries/dlv_nobody/redeliver')).status, 404);
  });

  it('can be tried with a test event', async () => {
    const response = await post('/test/webhook', { callback_url: callback });
    assert.equal(response.status, 202);
    const { delivery_id } = (await response.json()) as { delivery_id: string };
    await until(() => received.some(({ headers }) => headers['x-sbp-delivery'] === delivery_id), 'the test');
    const test = received.find(({ headers }) => headers['x-sbp-delivery'] === delivery_id)!;
    assert.equal(verifyWebhook({ ...test, secrets: WEBHOOK_SECRET }).event, 'test');
    assert.equal((await post('/test/webhook', { callback_url: 'nonsense' })).status, 422);
    assert.equal((await post('/test/webhook', {})).status, 422);
  });
});
