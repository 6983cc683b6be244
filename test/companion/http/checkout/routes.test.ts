import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import { bankListSchema, problemSchema, snapshotSchema } from '../../../../src/protocol/schemas.ts';
import { HEARTBEAT_MS } from '../../../../src/protocol/stream.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { StreamReader } from '../../../support/event-source.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const SHOP_ORIGIN = 'https://shop.example';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion({ SBP_ALLOWED_ORIGINS: SHOP_ORIGIN });
});
after(() => shop.stop());

describe('GET /session', () => {
  it('answers a snapshot of the promised form', async () => {
    const payment = await shop.createPayment({
      description: 'Букет «Ромашка»',
      return_url: 'https://shop.example/t',
    });
    const response = await shop.checkout('/session', payment.token, { 'user-agent': IPHONE });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const snapshot = v.parse(snapshotSchema, await response.json());
    assert.equal(snapshot.payment_id, payment.payment_id);
    assert.equal(snapshot.merchant.name, 'Ромашка');
    assert.equal(snapshot.description, 'Букет «Ромашка»');
    assert.deepEqual(snapshot.presentation, { kind: 'link', url: payment.qr_payload, deep_link: null });
    assert.deepEqual(snapshot.device, { type: 'mobile', os: 'iOS', browser: 'Mobile Safari' });
    assert.ok(Math.abs(Date.parse(snapshot.now) - Date.now()) < PATIENCE_MS);
  });

  it('answers forged, foreign, missing and misspelt tokens alike', async () => {
    const { token } = await shop.createPayment();
    const [id, mac] = token.split('.') as [string, string];
    const other = (await shop.createPayment()).token.split('.')[1]!;
    const forged = [
      '',
      'x',
      id,
      `${id}.`,
      `${id}.${other}`,
      `${id}.${mac.slice(0, -1)}`,
      `${id}.${mac}A`,
      `pay_0000000000000000000.${mac}`,
      `${id}.${mac}.${mac}`,
      token.toUpperCase(),
      'x'.repeat(500),
    ];
    const answers = await Promise.all(
      forged.map(async (bad) => {
        const response = await shop.checkout('/session', bad);
        return {
          status: response.status,
          body: await response.text(),
          cache: response.headers.get('cache-control'),
        };
      }),
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0]!.status, 401);
    assert.equal(v.parse(problemSchema, JSON.parse(answers[0]!.body)).code, 'invalid_token');
  });

  it('refuses every single changed character of a token', async () => {
    const { token } = await shop.createPayment();
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      assert.equal((await shop.checkout('/session', changed)).status, 401, changed);
    }
  });

  it('takes no token from the address', async () => {
    const { token } = await shop.createPayment();
    const response = await fetch(`${shop.url}/checkout/v1/session?token=${token}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 400);
    assert.equal(shop.logs().includes(token), false);
  });

  it('opens to pages of allowed origins only', async () => {
    const { token } = await shop.createPayment();
    const allowed = async (origin: string) => {
      const response = await shop.checkout('/session', token, { origin });
      return response.headers.get('access-control-allow-origin');
    };
    assert.equal(await allowed(SHOP_ORIGIN), SHOP_ORIGIN);
    assert.equal(await allowed(shop.url), shop.url);
    for (const stranger of ['https://shop.example.evil.example', 'null']) {
      const refused = await shop.checkout('/session', token, { origin: stranger });
      assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [403, '*']);
      assert.equal(v.parse(problemSchema, await refused.json()).code, 'origin_not_allowed');
    }
    const preflight = await fetch(`${shop.url}/checkout/v1/session/events`, {
      method: 'OPTIONS',
      headers: {
        origin: SHOP_ORIGIN,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,last-event-id',
      },
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization.*last-event-id/);
    assert.equal(
      (await shop.api('/payments', { headers: { origin: SHOP_ORIGIN } })).headers.get(
        'access-control-allow-origin',
      ),
      null,
    );
  });
});

describe('GET /session/events', () => {
  it('sends the current snapshot, then each change under its version, then the end', async () => {
    const { payment_id, token } = await shop.createPayment();
    const stream = await StreamReader.open(shop.url, token);
    await stream.until(({ events }) => events.length === 1);
    await shop.sandbox(payment_id, 'process');
    await shop.sandbox(payment_id, 'pay');
    await stream.until(({ events }) => events.some(({ event }) => event === 'end'));
    await stream.ended;
    assert.deepEqual(
      stream.snapshots.map(({ status }) => status),
      ['created', 'processing', 'paid'],
    );
    stream.snapshots.forEach((snapshot) => v.parse(snapshotSchema, snapshot));
    const first = stream.snapshots[0]!.version;
    assert.deepEqual(
      stream.events.map(({ event, id }) => `${event ?? ''} ${id ?? ''}`),
      [`snapshot ${first}`, `snapshot ${first + 1}`, `snapshot ${first + 2}`, `end ${first + 2}`].map(
        (line, index) => (index === 3 ? 'end ' : line),
      ),
    );
    assert.ok(stream.retries[0]! >= 1000 && stream.retries[0]! <= 3000);
  });

  it('leaves out what the page has already seen', async () => {
    const { payment_id, token } = await shop.createPayment();
    const stream = await StreamReader.open(shop.url, token, { 'last-event-id': '2' });
    await shop.sandbox(payment_id, 'process');
    await stream.until(({ events }) => events.length > 0);
    assert.deepEqual(
      stream.snapshots.map(({ version }) => version),
      [3],
    );
    stream.stop();
  });

  it('has nothing more to say after the end: 204 to who has seen it all, the result to who has not', async () => {
    const { payment_id, token } = await shop.createPayment();
    await shop.sandbox(payment_id, 'decline');
    const again = await shop.checkout('/session/events', token, { 'last-event-id': '3' });
    assert.equal(again.status, 204);
    const fresh = await StreamReader.open(shop.url, token);
    await fresh.until(({ snapshots }) => snapshots[0]?.status === 'failed');
    await fresh.ended;
  });

  it('tells proxies to let it through', async () => {
    const { token } = await shop.createPayment();
    const abort = new AbortController();
    const response = await fetch(`${shop.url}/checkout/v1/session/events`, {
      headers: { authorization: `Bearer ${token}`, origin: SHOP_ORIGIN },
      signal: abort.signal,
    });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    assert.equal(response.headers.get('x-accel-buffering'), 'no');
    assert.match(response.headers.get('cache-control') ?? '', /no-transform/);
    assert.equal(response.headers.get('access-control-allow-origin'), SHOP_ORIGIN);
    abort.abort();
  });

  it('is closed by a shutdown, with word when to come back', async () => {
    const going = await startCompanion();
    const { token } = await going.createPayment();
    const stream = await StreamReader.open(going.url, token);
    await stream.until(({ events }) => events.length === 1);
    const pace = Pace.start();
    const started = Date.now();
    await going.stop();
    await stream.ended;
    assert.ok(Date.now() - started < pace.stretch(3_000), 'an open stream held up the shutdown');
    assert.equal(stream.retries.length, 2);
    assert.equal(stream.events.length, 1);
  });

  describe('for longer than a heartbeat', { concurrency: true }, () => {
    it('survives a client that opens streams one behind another on one connection', async () => {
      const open = await shop.createPayment();
      const ended = await shop.createPayment();
      await shop.sandbox(ended.payment_id, 'pay');
      const { hostname, port } = new URL(shop.url);
      const socket = connect(Number(port), hostname);
      const get = (token: string) =>
        `GET /checkout/v1/session/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
      socket.write(get(open.token) + get(ended.token));
      // The second response ends after the first one. A heartbeat of the second stream would come after its end.
      await new Promise((resolve) => setTimeout(resolve, 16_500));
      assert.equal((await shop.checkout('/session', open.token)).status, 200);
      socket.destroy();
    });

    it('says something at least every 15 s, and news as ever after that', async (t) => {
      const { payment_id, token } = await shop.createPayment();
      const stream = await StreamReader.open(shop.url, token);
      const pace = Pace.start();
      const since = performance.now();
      await stream.until(({ comments }) => comments.length > 0);
      const silentMs = performance.now() - since;
      t.diagnostic(`silent for ${(silentMs / 1000).toFixed(2)} s`);
      assert.ok(silentMs < HEARTBEAT_MS + pace.stretch(1_000), `silent for ${silentMs} ms`);
      await shop.sandbox(payment_id, 'process');
      await stream.until(({ snapshots }) => snapshots.at(-1)?.status === 'processing');
      stream.stop();
    });
  });

  it('refuses like /session does', async () => {
    assert.equal((await shop.checkout('/session/events', 'forged.token')).status, 401);
  });

  it('lets no field forge an event', async () => {
    const order_id = 'a\u2028event: end\u2029data: {}';
    const { token } = await shop.createPayment({ order_id });
    const stream = await StreamReader.open(shop.url, token);
    await stream.until(({ events }) => events.length === 1);
    assert.equal(stream.events[0]?.event, 'snapshot');
    assert.equal(stream.snapshots[0]?.order_id, order_id);
    stream.stop();
  });
});

describe('GET /session/banks', () => {
  it('answers links ready to tap on this platform, the sandbox bank first', async () => {
    const payment = await shop.createPayment();
    const response = await shop.checkout('/session/banks', payment.token, { 'user-agent': IPHONE });
    const list = v.parse(bankListSchema, await response.json());
    assert.equal(list.platform, 'ios');
    assert.equal(list.banks[0]?.url, payment.qr_payload);
    const rest = payment.qr_payload.slice('http'.length);
    for (const bank of list.banks.slice(1)) assert.equal(bank.url, bank.id + rest);
  });

  it('answers for the platform that the page names, whatever the User-Agent says', async () => {
    const payment = await shop.createPayment();
    const ask = (query: string) =>
      shop.checkout(`/session/banks${query}`, payment.token, { 'user-agent': IPHONE });
    for (const platform of ['ios', 'android', 'desktop']) {
      const response = await ask(`?platform=${platform}`);
      assert.equal(((await response.json()) as { platform: string }).platform, platform);
    }
    const vary = (await ask('')).headers.get('vary');
    for (const name of ['origin', 'user-agent', 'sec-ch-ua-platform', 'sec-ch-ua-mobile']) {
      assert.match(String(vary), new RegExp(`(^|, )${name}(,|$)`), name);
    }
  });

  it('refuses a platform that there is not, by the name of the field', async () => {
    const { token } = await shop.createPayment();
    for (const query of ['?platform=windows', '?platform=IOS', '?platform=ios&platform=android']) {
      const response = await shop.checkout(`/session/banks${query}`, token);
      assert.equal(response.status, 422, query);
      const problem = (await response.json()) as { code: string; errors: { path: string }[] };
      assert.equal(problem.code, 'invalid_fields');
      assert.deepEqual(
        problem.errors.map(({ path }) => path),
        ['platform'],
      );
    }
    assert.equal((await shop.checkout('/session/banks?platform=windows', 'pay_x.y')).status, 401);
  });

  it('knows no logo of an unknown bank', async () => {
    assert.equal((await fetch(`${shop.url}/checkout/v1/banks/..%2F..%2Fetc/logo`)).status, 404);
  });
});

describe('what is logged', () => {
  it('holds no token, key or personal data', async () => {
    const payment = await shop.createPayment({
      customer: { phone: '+79990001122', email: 'buyer@example.ru', ip: '203.0.113.7' },
    });
    await shop.checkout('/session', payment.token);
    await shop.sandbox(payment.payment_id, 'pay');
    await shop.api('/payments', {
      json: { order_id: 'x', amount: 'y', customer: { phone: '+79990001122x' } },
    });
    const logs = shop.logs();
    assert.ok(logs.includes(payment.payment_id), 'the payment id must be there to find things by');
    for (const secret of [
      payment.token,
      payment.token.split('.')[1]!,
      'test-api-key',
      'test-token-secret',
      'test-webhook-secret',
      '79990001122',
      'buyer@example.ru',
      '203.0.113.7',
    ]) {
      assert.equal(logs.includes(secret), false, secret);
    }
  });
});
