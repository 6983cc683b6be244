import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import { problemSchema } from '../../../../src/protocol/schemas.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

async function problemOf(response: Response) {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  const problem = v.parse(problemSchema, await response.json());
  assert.equal(problem.status, response.status);
  return problem;
}

describe('POST /payments', () => {
  it('answers all that a shop needs to take a payment', async () => {
    const payment = await shop.createPayment({
      order_id: 'ORD-100500',
      description: 'Оплата заказа #100500',
      return_url: 'https://shop.example/thanks',
      customer: { phone: '+7 (999) 000-11-22', email: 'buyer@example.ru', ip: '203.0.113.7', country: 'RU' },
      metadata: { cart_id: 'c_789' },
      expires_in: 600,
    });
    assert.match(payment.payment_id, /^[A-Za-z0-9_-]{1,32}$/);
    assert.equal(payment.order_id, 'ORD-100500');
    assert.equal(payment.status, 'created');
    assert.equal(payment['amount'], 125_000);
    assert.equal(payment['currency'], 'RUB');
    assert.equal(payment['method'], 'sbp');
    assert.deepEqual(payment['metadata'], { cart_id: 'c_789' });
    assert.ok(payment.token.startsWith(`${payment.payment_id}.`));
    assert.equal(payment.payment_url, `${shop.url}/pay#${payment.token}`);
    assert.equal(payment.qr_payload, `${shop.url}/sandbox/bank/${payment.qr_id}`);
    assert.match(payment.qr_svg, /^<svg /);
    assert.equal('deep_link' in payment, false);
    const lifetime = Date.parse(payment.expires_at) - Date.parse(payment['created_at'] as string);
    assert.ok(Math.abs(lifetime - 600_000) < 1000, `lives ${lifetime} ms`);
  });

  it('draws a PNG and adds the deep link when asked', async () => {
    const payment = await shop.createPayment({
      qr: { format: 'png', size: 300 },
      features: { deep_link: true },
    });
    const png = Buffer.from(payment.qr_png, 'base64');
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.equal(png.readUInt32BE(16), 300);
    assert.equal(payment.deep_link, null);
    assert.equal('qr_svg' in payment, false);
  });

  it('names every field at fault at once, each with the fix', async () => {
    const response = await shop.api('/payments', {
      json: {
        amount: 1.5,
        currency: 'USD',
        expires_at: '2020-01-01T00:00:00Z',
        return_url: 'javascript:alert(1)',
        callback_url: 'ftp://shop.example',
        customer: { phone: 'call me', email: 'nobody', ip: '999.1.1.1', country: 'Russia' },
        methods: ['sbp', 'cash', 'sberpay'],
        qr: { format: 'gif', size: 1e6 },
        metadata: { big: 'x'.repeat(5000) },
      },
    });
    assert.equal(response.status, 422);
    const { code, errors = [] } = await problemOf(response);
    assert.equal(code, 'invalid_fields');
    assert.deepEqual(errors.map(({ path }) => path).sort(), [
      'amount',
      'callback_url',
      'currency',
      'customer.country',
      'customer.email',
      'customer.ip',
      'customer.phone',
      'expires_at',
      'metadata',
      'methods.1',
      'order_id',
      'qr.format',
      'qr.size',
      'return_url',
    ]);
    assert.equal(errors.find(({ path }) => path === 'order_id')?.message, 'is required');
  });

  it('takes whole positive kopecks only', async () => {
    for (const amount of [0, -100, 1.5, 1e21, 2 ** 53, '100', null, true, [100], {}]) {
      const response = await shop.api('/payments', { json: { order_id: 'A', amount } });
      assert.equal(response.status, 422, JSON.stringify(amount));
      assert.deepEqual(
        (await problemOf(response)).errors?.map(({ path }) => path),
        ['amount'],
      );
    }
    for (const amount of [1, Number.MAX_SAFE_INTEGER]) {
      assert.equal((await shop.createPayment({ amount }))['amount'], amount);
    }
  });

  it('takes a lifetime in one of two ways, and only one ahead of now', async () => {
    for (const [field, value] of [
      ['expires_in', 0],
      ['expires_in', -5],
      ['expires_in', 1.5],
      ['expires_in', '60'],
      ['expires_at', 'tomorrow'],
      ['expires_at', '2030-01-01'],
      ['expires_at', '9999-01-01T00:00:00Z'],
      ['expires_at', '2027-02-31T00:00:00Z'],
    ] as const) {
      const response = await shop.api('/payments', { json: { order_id: 'A', amount: 100, [field]: value } });
      assert.equal(response.status, 422, `${field}: ${value}`);
      assert.deepEqual(
        (await problemOf(response)).errors?.map(({ path }) => path),
        [field],
      );
    }
    const both = { expires_in: 60, expires_at: new Date(Date.now() + 60_000).toISOString() };
    const response = await shop.api('/payments', { json: { order_id: 'A', amount: 100, ...both } });
    assert.equal(response.status, 422);
  });

  it('refuses malformed, missing, wrong and huge bodies with a problem each', async () => {
    const post = (body: string, type = 'application/json') =>
      shop.api('/payments', { method: 'POST', body, headers: { 'content-type': type } });
    assert.equal((await problemOf(await post('{"order_id":'))).code, 'malformed_json');
    assert.equal((await problemOf(await post(''))).status, 400);
    assert.equal((await problemOf(await post('{}', 'text/xml'))).status, 415);
    assert.equal((await problemOf(await post('{}', 'text/plain'))).status, 415);
    const deep = `{"order_id":"A","amount":1,"metadata":{"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`;
    assert.equal((await problemOf(await post(deep))).code, 'nested_too_deep');
    assert.equal((await problemOf(await post('[]'))).status, 422);
    assert.equal((await problemOf(await post('"text"'))).status, 422);
    assert.equal((await problemOf(await post('{"__proto__":{"amount":1}}'))).status, 400);
    assert.equal((await problemOf(await post(`{"x":"${'x'.repeat(1024 * 1024)}"}`))).status, 413);
    assert.equal((await problemOf(await shop.api('/payments', { method: 'POST' }))).status, 422);
  });

  it('takes null for left out, and line breaks for spaces', async () => {
    const payment = await shop.createPayment({
      description: ' Букет\n  и ваза ',
      return_url: null,
      customer: { phone: null },
      qr: null,
    });
    assert.equal(payment['description'], 'Букет и ваза');
    assert.equal((await shop.createPayment({ description: '' }))['description'], null);
  });

  it('answers a problem also where no route is reached', async () => {
    for (const path of ['/payments/%E0%A4%A', `/payments/${'x'.repeat(200)}`, '/nowhere']) {
      const response = await shop.api(path);
      assert.ok(response.status >= 400 && response.status < 500, `${path}: ${response.status}`);
      await problemOf(response);
    }
    const script = await fetch(`${shop.url}/sandbox/payments/x/constructor`, { method: 'POST' });
    assert.equal((await problemOf(script)).status, 404);
  });

  it('lets nobody in without the key', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      'Basic dGVzdA==',
      `Bearer ${'x'.repeat(600)}`,
    ]) {
      const response = await shop.api('/payments', { json: {}, headers: { authorization } });
      assert.equal(response.status, 401);
      assert.equal((await problemOf(response)).code, 'invalid_api_key');
    }
    const { token } = await shop.createPayment();
    const byToken = await shop.api('/payments', { json: {}, headers: { authorization: `Bearer ${token}` } });
    assert.equal(byToken.status, 401);
  });

  it('makes an NSPK link with a right checksum when told to', async () => {
    const nspk = await startCompanion({ SBP_SANDBOX_LINK: 'nspk' });
    try {
      const { qr_payload } = await nspk.createPayment({ amount: 1400 });
      assert.match(
        qr_payload,
        /^https:\/\/qr\.nspk\.ru\/[0-9A-Z]{32}\?type=02&bank=\d{12}&sum=1400&cur=RUB&crc=[0-9A-F]{4}$/,
      );
      const { parseNspkLink } = await import('../../../../src/protocol/nspk-link.ts');
      assert.equal(parseNspkLink(qr_payload)?.crc, 'ok');
    } finally {
      await nspk.stop();
    }
  });
});

describe('Idempotency-Key', () => {
  const create = (key: string, json: unknown) =>
    shop.api('/payments', { json, headers: { 'idempotency-key': key } });

  it('answers a repeat with the same answer, also after the payment has moved on', async () => {
    const body = { order_id: 'IDEM-1', amount: 500, expires_in: 60 };
    const first = await create('key-1', body);
    const payment = (await first.json()) as CreatedPayment;
    assert.equal(first.headers.get('idempotency-replayed'), null);
    await shop.sandbox(payment.payment_id, 'pay');
    const again = await create('key-1', { expires_in: 60, amount: 500, order_id: 'IDEM-1' });
    assert.equal(again.status, 201);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(await again.json(), payment);
  });

  it('refuses the key with another body', async () => {
    await create('key-2', { order_id: 'IDEM-2', amount: 500 });
    const response = await create('key-2', { order_id: 'IDEM-2', amount: 501 });
    assert.equal(response.status, 422);
    assert.equal((await problemOf(response)).code, 'idempotency_key_reused');
  });

  it('makes one payment of a hundred calls at once', async () => {
    const body = { order_id: 'IDEM-3', amount: 700 };
    // Open the connections first: otherwise the first call ends before the last one arrives.
    const hundred = Array.from({ length: 100 });
    await Promise.all(hundred.map(async () => (await fetch(`${shop.url}/healthz`)).text()));
    const responses = await Promise.all(hundred.map(() => create('key-3', body)));
    const statuses = responses.map((response) => response.status);
    assert.ok(statuses.includes(201));
    assert.ok(
      statuses.every((status) => status === 201 || status === 409),
      statuses.join(),
    );
    const made = responses.filter(({ status }) => status === 201);
    const payments = (await Promise.all(made.map((response) => response.json()))) as CreatedPayment[];
    for (const payment of payments) assert.deepEqual(payment, payments[0]);
    // A client that got 409 and repeats the call gets the same response.
    assert.deepEqual(await (await create('key-3', body)).json(), payments[0]);
    const page = (await (await shop.api('/payments?order_id=IDEM-3')).json()) as { items: unknown[] };
    assert.equal(page.items.length, 1);
  });

  it('leaves the key free when the body was refused', async () => {
    assert.equal((await create('key-4', { order_id: 'IDEM-4' })).status, 422);
    assert.equal((await create('key-4', { order_id: 'IDEM-4', amount: 1 })).status, 201);
  });

  it('takes X-Idempotency-Key for the same, and refuses an unusable key', async () => {
    const body = { order_id: 'IDEM-5', amount: 1 };
    const first = await create('key-5', body);
    const again = await shop.api('/payments', { json: body, headers: { 'x-idempotency-key': 'key-5' } });
    assert.deepEqual(await again.json(), await first.json());
    assert.equal((await create('k'.repeat(300), body)).status, 400);
  });
});

describe('GET /payments', () => {
  it('shows a payment with its events', async () => {
    const { payment_id } = await shop.createPayment();
    await shop.sandbox(payment_id, 'process');
    await shop.sandbox(payment_id, 'pay');
    const payment = (await (await shop.api(`/payments/${payment_id}`)).json()) as {
      status: string;
      paid_at: string;
      events: { event: string; status: string; version: number }[];
    };
    assert.equal(payment.status, 'paid');
    assert.ok(Date.parse(payment.paid_at) > 0);
    assert.deepEqual(
      payment.events.map(({ event, status }) => `${event}: ${status}`),
      [
        'payment.created: created',
        'payment.offered: created',
        'payment.processing: processing',
        'payment.paid: paid',
      ],
    );
    assert.deepEqual(
      payment.events.map(({ version }) => version),
      [1, 2, 3, 4],
    );
  });

  it('answers 404 for a payment that is not there', async () => {
    const response = await shop.api('/payments/pay_nothing');
    assert.equal(response.status, 404);
    assert.equal((await problemOf(response)).code, 'payment_not_found');
  });

  it('cuts pages that stay stable while payments are added', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await shop.createPayment({ order_id: 'PAGED' })).payment_id);
    interface Page {
      items: { payment_id: string }[];
      next_cursor: string | null;
    }
    const page = async (cursor: string | null) =>
      (await (
        await shop.api(`/payments?order_id=PAGED&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      ).json()) as Page;
    const first = await page(null);
    await shop.createPayment({ order_id: 'PAGED' });
    const second = await page(first.next_cursor);
    const third = await page(second.next_cursor);
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ payment_id }) => payment_id));
    assert.deepEqual(seen, ids.reverse());
    assert.equal(third.next_cursor, null);
  });

  it('refuses a query it does not understand', async () => {
    assert.equal((await shop.api('/payments?order_id=&status=&cursor=')).status, 200);
    for (const query of ['status=lost', 'limit=0', 'limit=1000', 'cursor=%00', 'cursor=zzz']) {
      assert.equal((await shop.api(`/payments?${query}`)).status, 422, query);
    }
  });
});

describe('GET /banks', () => {
  it('lists the banks, logos on this server', async () => {
    const list = (await (await shop.api('/banks?platform=android')).json()) as {
      platform: string;
      banks: { id: string; name: string; logo_url: string; scheme: string }[];
    };
    assert.equal(list.platform, 'android');
    assert.ok(list.banks.length >= 15);
    assert.match(list.banks[0]!.scheme, /^bank\d{12}$/);
    assert.ok(list.banks.every(({ logo_url }) => logo_url.startsWith(shop.url)));
    assert.equal((await shop.api('/banks?platform=amiga')).status, 422);
  });
});
