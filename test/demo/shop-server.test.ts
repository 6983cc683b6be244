import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createShop } from '../../demo/shop-server.ts';
import type { OrderAnswer } from '../../demo/shop/order.ts';

const SECRET = 'webhook-secret';

async function listen(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly key: string | undefined;
  readonly body: Record<string, unknown>;
}

/** A shop with a stub companion whose first `failures` responses have the status `status`. */
async function openShop(t: TestContext, { failures = 0, status = 503 } = {}) {
  const asked: Asked[] = [];
  const companion = { down: false };
  const companionUrl = await listen(t, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const key = request.headers['idempotency-key'] as string | undefined;
      asked.push({
        path: request.url,
        authorization: request.headers.authorization,
        key,
        body: JSON.parse(text) as Asked['body'],
      });
      const ok = asked.length > failures && !companion.down;
      response.writeHead(ok ? 201 : status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(ok ? { payment_id: `pay-${key}`, token: `token-${key}` } : { code: 'no' }));
    });
  });
  const shop = createShop({
    companionUrl,
    publicCompanionUrl: 'https://pay.example.ru',
    apiKey: 'key_1',
    webhookSecret: ['older', SECRET],
    shopUrl: 'https://shop.example.ru',
    lanUrl: 'http://192.168.1.5:5173',
    databaseFile: ':memory:',
    log: { info: () => undefined, warn: () => undefined },
  });
  t.after(() => shop.close());
  const url = await listen(t, (request, response) => {
    void shop.handler(request, response).then((handled) => handled || response.writeHead(418).end());
  });

  const order = async (items: unknown) => {
    const response = await fetch(`${url}/api/orders`, { method: 'POST', body: JSON.stringify({ items }) });
    return { status: response.status, answer: (await response.json()) as OrderAnswer };
  };
  const get = async (id: string) => (await (await fetch(`${url}/api/orders/${id}`)).json()) as OrderAnswer;
  let sent = 0;
  const notify = async (
    payload: Record<string, unknown>,
    { secret = SECRET, delivery = `d${sent++}` } = {},
  ) => {
    const body = JSON.stringify(payload);
    const time = Math.floor(Date.now() / 1000);
    const hash = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    return await fetch(`${url}/webhooks/sbp`, {
      method: 'POST',
      headers: {
        'x-sbp-event': String(payload['event']),
        'x-sbp-delivery': delivery,
        'x-sbp-signature': `t=${time},v1=${hash}`,
      },
      body,
    });
  };
  let changes = 1;
  const news = ({ order: { id, amount } }: OrderAnswer, event: string, attempt = 1) => ({
    event,
    order_id: id,
    payment_id: `pay-shop-${id}-${attempt}`,
    amount,
    version: ++changes,
  });
  return { url, asked, companion, order, get, notify, news };
}

const TEA = [{ sku: 'oolong', quantity: 2, price: 1, amount: 1 }];

describe("the demo shop's server", () => {
  it('prices the order itself and asks the companion with its key', async (t) => {
    const { order, asked } = await openShop(t);
    const { status, answer } = await order([...TEA, { sku: 'honey', quantity: 1 }]);
    assert.equal(status, 201);
    assert.equal(answer.order.amount, 2 * 690_00 + 560_50);
    assert.equal(answer.token, `token-shop-${answer.order.id}-1`);
    assert.equal(answer.endpoint, 'https://pay.example.ru');
    assert.equal(asked.length, 1);
    assert.equal(asked[0]!.authorization, 'Bearer key_1');
    assert.deepEqual(asked[0]!.body, {
      order_id: answer.order.id,
      amount: answer.order.amount,
      description: 'Улун «Те Гуань Инь» × 2, Липовый мёд',
      return_url: `https://shop.example.ru/?order=${answer.order.id}`,
      callback_url: 'https://shop.example.ru/webhooks/sbp',
      customer: { ip: '203.0.113.7', phone: '+79990001122', email: 'buyer@example.ru' },
    });
  });

  it('sells a gift certificate for an amount within its limits', async (t) => {
    const { order } = await openShop(t);
    assert.equal((await order([{ sku: 'gift', amount: 1_234_56 }])).answer.order.amount, 1_234_56);
    for (const amount of [0, -5, 99_99, 100_000_01, 1.5, '500', null]) {
      assert.equal((await order([{ sku: 'gift', amount }])).status, 422, String(amount));
    }
  });

  it('refuses what it does not sell, without asking the companion', async (t) => {
    const { order, asked } = await openShop(t);
    const bad = [
      [],
      null,
      'x',
      [null],
      [{ sku: 'car', quantity: 1 }],
      [{ sku: '__proto__', quantity: 1 }],
      [{ sku: 'oolong' }],
      ...[0, -1, 1.5, 21, '2'].map((quantity) => [{ sku: 'oolong', quantity }]),
      Array.from({ length: 21 }, () => TEA[0]),
    ];
    for (const items of bad) assert.equal((await order(items)).status, 422, JSON.stringify(items));
    assert.equal(asked.length, 0);
  });

  it('repeats a failed call under the same key, and gives up politely', async (t) => {
    const flaky = await openShop(t, { failures: 2 });
    assert.equal((await flaky.order(TEA)).status, 201);
    assert.equal(new Set(flaky.asked.map(({ key }) => key)).size, 1);
    assert.equal(flaky.asked.length, 3);
    const refusing = await openShop(t, { failures: 9, status: 422 });
    assert.equal((await refusing.order(TEA)).status, 502);
    assert.equal(refusing.asked.length, 1);
  });

  it('gives the same order and token again after a reload', async (t) => {
    const { order, get, asked } = await openShop(t);
    const { answer } = await order(TEA);
    assert.deepEqual(await get(answer.order.id), answer);
    assert.equal(asked.length, 1);
  });

  it('takes an order as paid on a signed webhook only', async (t) => {
    const { order, get, notify, news } = await openShop(t);
    const { answer } = await order(TEA);
    const paid = news(answer, 'payment.paid');
    assert.equal((await notify(paid, { secret: 'wrong' })).status, 401);
    assert.equal((await get(answer.order.id)).order.status, 'waiting');
    assert.equal((await notify({ ...paid, amount: 1 })).status, 200);
    assert.equal((await get(answer.order.id)).order.status, 'waiting');
    assert.equal((await notify(paid)).status, 200);
    const after = await get(answer.order.id);
    assert.deepEqual([after.order.status, after.token], ['paid', null]);
  });

  it('acts once on what a payment has come to, whatever the delivery is called, and never on older news', async (t) => {
    const { order, get, notify, news } = await openShop(t);
    const { answer } = await order(TEA);
    const [failed, paid, late] = ['payment.failed', 'payment.paid', 'payment.expired'].map((event) =>
      news(answer, event),
    );
    const outcomes = [];
    for (const [payload, delivery] of [
      [paid, 'a'],
      [paid, 'a'],
      [paid, 'made up'],
      [failed, 'overtaken'],
      [late, 'a'],
    ] as const) {
      const response = await notify(payload!, { delivery });
      outcomes.push(((await response.json()) as { outcome: string }).outcome);
    }
    assert.deepEqual(outcomes, ['applied', 'repeated', 'repeated', 'repeated', 'ignored']);
    assert.equal((await get(answer.order.id)).order.status, 'paid');
  });

  it('takes news that carry the id of another delivery', async (t) => {
    const { order, get, notify, news } = await openShop(t);
    const { answer } = await order(TEA);
    // Another shop's message was sent before with the same delivery id.
    await notify({ ...news(answer, 'payment.processing'), order_id: 'R-other' }, { delivery: 'a' });
    await notify(news(answer, 'payment.paid'), { delivery: 'a' });
    assert.equal((await get(answer.order.id)).order.status, 'paid');
  });

  it('lets a failed order be paid again, under a new key', async (t) => {
    const { url, order, get, notify, news, asked } = await openShop(t);
    const { answer } = await order(TEA);
    const { id } = answer.order;
    const retry = async () =>
      (await (await fetch(`${url}/api/orders/${id}/retry`, { method: 'POST' })).json()) as OrderAnswer;
    assert.equal((await retry()).token, answer.token, 'the first payment may still come');
    await notify(news(answer, 'payment.failed'));
    assert.equal((await get(id)).order.status, 'failed');
    assert.equal((await retry()).token, `token-shop-${id}-2`);
    assert.deepEqual(
      asked.map(({ path, key }) => key ?? path),
      [`shop-${id}-1`, `/api/sbp/v1/payments/pay-shop-${id}-1/cancel`, `shop-${id}-2`],
      'the former payment is ended before another is made',
    );
    assert.deepEqual(asked[1]!.body, { on_late: 'refund' });
    await notify(news(answer, 'payment.expired', 1));
    assert.equal((await get(id)).order.status, 'waiting', 'news of the old payment end nothing');
    await notify(news(answer, 'payment.paid', 1));
    assert.equal((await get(id)).order.status, 'paid', 'late money is money');
  });

  it('makes no other payment while the former one cannot be ended', async (t) => {
    const { url, order, get, notify, news, asked, companion } = await openShop(t);
    const { answer } = await order(TEA);
    const { id } = answer.order;
    await notify(news(answer, 'payment.canceled'));
    companion.down = true;
    const retry = () => fetch(`${url}/api/orders/${id}/retry`, { method: 'POST' });
    assert.equal((await retry()).status, 502);
    assert.ok(asked.every(({ key }) => key === undefined || key === `shop-${id}-1`));
    companion.down = false;
    assert.equal((await retry()).status, 200);
    assert.equal((await get(id)).token, `token-shop-${id}-2`);
  });

  it('takes no order for paid by money that the companion gives back by itself', async (t) => {
    const { order, get, notify, news } = await openShop(t);
    const { answer } = await order(TEA);
    await notify({ ...news(answer, 'payment.paid'), late: true, on_late: 'refund' });
    const { status, extraPayments } = (await get(answer.order.id)).order;
    assert.deepEqual([status, extraPayments], ['failed', ['returning']]);
  });

  it('answers only what is its own', async (t) => {
    const { url } = await openShop(t);
    const about = (await (await fetch(`${url}/api/about`)).json()) as unknown;
    assert.deepEqual(about, {
      lanUrl: 'http://192.168.1.5:5173',
      script: 'https://pay.example.ru/sbp-checkout.js',
    });
    for (const path of ['/', '/api', '/api/orders', '/constructor', '/demo/shop/main.ts']) {
      assert.equal((await fetch(url + path)).status, 418, path);
    }
    assert.equal((await fetch(`${url}/api/orders/R-2222-2222-2222`)).status, 404);
    const post = (path: string, body: string) => fetch(url + path, { method: 'POST', body });
    assert.equal((await post('/api/orders', '{')).status, 400);
    assert.equal((await post('/api/orders', 'x'.repeat(20_000))).status, 413);
    assert.equal((await post('/webhooks/sbp', '{}')).status, 401);
  });
});
