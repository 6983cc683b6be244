import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import * as v from 'valibot';
import { problemSchema } from '../../../../src/protocol/schemas.ts';
import { API_KEY, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { RawSocket } from '../../../support/raw-socket.ts';

const SHOP_ORIGIN = 'https://shop.example';

async function companionWith(t: TestContext, env: Record<string, string>): Promise<TestCompanion> {
  const shop = await startCompanion({ SBP_ALLOWED_ORIGINS: SHOP_ORIGIN, ...env });
  t.after(() => shop.stop());
  return shop;
}

interface Call {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  /** The caller's address: any address of 127.0.0.0/8. */
  from?: string;
}

function call(shop: TestCompanion, { path, method = 'GET', headers = {}, from = '127.0.0.1' }: Call) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const outgoing = request(`${shop.url}${path}`, { method, headers, localAddress: from }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      });
      outgoing.on('error', reject).end();
    },
  );
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const LIST = '/api/sbp/v1/payments';

describe('SBP_RATE_LIMIT', () => {
  it('bounds the calls of an address that has no good key, with a problem that says when to come back', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '5' });
    for (let i = 0; i < 5; i++) {
      assert.equal((await call(shop, { path: LIST, headers: bearer(`guess-${i}-0123456789`) })).status, 401);
    }
    const refused = await call(shop, { path: LIST, headers: bearer('guess-6-0123456789') });
    assert.equal(refused.status, 429);
    assert.equal(v.parse(problemSchema, JSON.parse(refused.body)).code, 'rate_limited');
    assert.match(String(refused.headers['content-type']), /problem\+json/);
    const wait = Number(refused.headers['retry-after']);
    assert.ok(wait >= 1 && wait <= 12, `${wait} s`);
    // The wrong guesses do not count against the valid key.
    assert.equal((await call(shop, { path: LIST, headers: bearer(API_KEY) })).status, 200);
  });

  it('bounds the calls with one key, and with one token, from whatever address', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '5' });
    const { token } = await shop.createPayment();
    const spread = async (path: string, secret: string) => {
      const statuses: number[] = [];
      for (let i = 0; i < 7; i++) {
        statuses.push((await call(shop, { path, headers: bearer(secret), from: `127.0.1.${i + 1}` })).status);
      }
      return statuses;
    };
    assert.deepEqual(await spread('/checkout/v1/session', token), [200, 200, 200, 200, 200, 429, 429]);
    // The key has used one call to create the payment.
    assert.deepEqual(await spread(LIST, API_KEY), [200, 200, 200, 200, 429, 429, 429]);
  });

  it('lets a page read the refusal and its Retry-After', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '1' });
    const page = { path: '/checkout/v1/session', headers: { origin: SHOP_ORIGIN } };
    await call(shop, page);
    const refused = await call(shop, page);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['access-control-allow-origin'], SHOP_ORIGIN);
    assert.match(String(refused.headers['access-control-expose-headers']), /retry-after/i);
    const preflight = await call(shop, {
      ...page,
      method: 'OPTIONS',
      headers: { ...page.headers, 'access-control-request-method': 'GET' },
    });
    assert.equal(preflight.status, 204);
  });

  it('leaves alone what is not called on behalf of a caller', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '1' });
    const { payment_id } = await shop.createPayment();
    assert.equal((await call(shop, { path: LIST, headers: bearer(API_KEY) })).status, 429);
    for (let i = 0; i < 5; i++) {
      assert.equal((await call(shop, { path: '/healthz' })).status, 200);
      assert.equal((await call(shop, { path: '/pay' })).status, 200);
      assert.notEqual((await call(shop, { path: '/sbp-checkout.js' })).status, 429);
      assert.equal((await call(shop, { path: '/checkout/v1/banks/nobody/logo' })).status, 404);
    }
    for (const action of ['process', 'pay']) {
      assert.equal((await shop.sandbox(payment_id, action)).status, 200);
    }
  });

  it('is off at 0', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '0' });
    for (let i = 0; i < 700; i++) await call(shop, { path: LIST, headers: bearer('no-key') });
    assert.equal((await call(shop, { path: LIST, headers: bearer(API_KEY) })).status, 200);
  });
});

describe('SBP_TRUSTED_PROXIES', () => {
  const forwarded = (address: string) => ({ ...bearer('nobody'), 'x-forwarded-for': address });

  it('makes the payer’s address count, not the proxy’s', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '2', SBP_TRUSTED_PROXIES: '127.0.0.0/24' });
    for (let i = 0; i < 20; i++) {
      assert.equal((await call(shop, { path: LIST, headers: forwarded(`192.0.2.${i}`) })).status, 401);
    }
    const same = { path: LIST, headers: forwarded('198.51.100.1') };
    const statuses = [await call(shop, same), await call(shop, same), await call(shop, same)];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 401, 429],
    );
    // The address that the caller put before the proxy's entry is ignored.
    const spoofed = await call(shop, { path: LIST, headers: forwarded('203.0.113.5, 198.51.100.1') });
    assert.equal(spoofed.status, 429);
  });

  it('is nobody unless set: X-Forwarded-For is ignored', async (t) => {
    const shop = await companionWith(t, { SBP_RATE_LIMIT: '2' });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await call(shop, { path: LIST, headers: forwarded(`192.0.2.${i}`) })).status);
    }
    assert.deepEqual(statuses, [401, 401, 429]);
  });
});

describe('SBP_WEBHOOK_ADDRESSES', () => {
  it('lets a provider’s webhooks in from its addresses only', async (t) => {
    const shop = await companionWith(t, { SBP_WEBHOOK_ADDRESSES: 'sandbox=127.0.0.1|10.0.0.0/8' });
    const webhook = { path: '/webhooks/sandbox', method: 'POST' };
    assert.equal((await call(shop, webhook)).status, 401);
    const refused = await call(shop, { ...webhook, from: '127.0.0.9' });
    assert.equal(refused.status, 403);
    assert.equal(v.parse(problemSchema, JSON.parse(refused.body)).code, 'address_not_allowed');
    const { payment_id } = await shop.createPayment();
    assert.equal((await shop.sandbox(payment_id, 'pay')).status, 200);
  });
});

describe('SBP_STREAM_LIMIT', () => {
  const open = async (shop: TestCompanion, token: string, from = '127.0.0.1') => {
    const socket = await RawSocket.open(shop.url, from);
    socket.send(
      `GET /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`,
    );
    await until(() => socket.received.includes('\r\n\r\n'));
    return { socket, status: Number(socket.received.split(' ')[1]) };
  };

  it('bounds the open streams of an address, and counts closed ones down', async (t) => {
    const shop = await companionWith(t, { SBP_STREAM_LIMIT: '3' });
    const { token } = await shop.createPayment();
    const streams = [await open(shop, token), await open(shop, token), await open(shop, token)];
    assert.deepEqual(
      streams.map(({ status }) => status),
      [200, 200, 200],
    );
    const refused = await open(shop, token);
    assert.equal(refused.status, 429);
    assert.match(refused.socket.received, /retry-after: \d+/i);
    assert.match(refused.socket.received, /too_many_streams/);
    assert.equal((await open(shop, token, '127.0.0.2')).status, 200);

    streams[0]!.socket.close();
    await until(async () => (await open(shop, token)).status === 200);
    assert.equal((await open(shop, token)).status, 429);
  });

  it('bounds the open streams of a payment to 20, from whatever addresses', async (t) => {
    const shop = await companionWith(t, { SBP_STREAM_LIMIT: '200' });
    const { token } = await shop.createPayment();
    for (let i = 1; i <= 20; i++) assert.equal((await open(shop, token, `127.0.2.${i}`)).status, 200);
    const refused = await open(shop, token, '127.0.2.21');
    assert.equal(refused.status, 429);
    assert.match(refused.socket.received, /retry-after: \d+/i);
    const other = await shop.createPayment();
    assert.equal((await open(shop, other.token, '127.0.2.21')).status, 200);
  });

  it('is off at 0, and forgets every slot of 2,000 streams that came and went', async (t) => {
    const unlimited = await companionWith(t, { SBP_STREAM_LIMIT: '0', SBP_RATE_LIMIT: '0' });
    const { token } = await unlimited.createPayment();
    for (let i = 0; i < 30; i++) assert.equal((await open(unlimited, token)).status, 200);

    const limited = await companionWith(t, { SBP_STREAM_LIMIT: '10', SBP_RATE_LIMIT: '0' });
    const payment = await limited.createPayment();
    for (let round = 0; round < 200; round++) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => RawSocket.open(limited.url)));
      for (const socket of sockets) {
        socket.send(
          `GET /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${payment.token}\r\n\r\n`,
        );
        // In every other round the clients disconnect before the response.
        if (round % 2 === 0) setImmediate(() => socket.close());
        else await until(() => socket.received.includes('HTTP/1.1'));
      }
      for (const socket of sockets) socket.close();
    }
    const last: number[] = [];
    await until(async () => (await open(limited, payment.token)).status === 200);
    for (let i = 0; i < 10; i++) last.push((await open(limited, payment.token)).status);
    assert.deepEqual(last, [...Array<number>(9).fill(200), 429]);
  });
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, 'it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
