import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { StreamReader } from '../../../support/event-source.ts';
import { refusalOf } from '../../../support/refusal.ts';

/** Starts a companion where all callers share one address, as behind a proxy that is not in SBP_TRUSTED_PROXIES. */
async function shopBehindProxy(t: TestContext, env: Record<string, string>): Promise<TestCompanion> {
  const shop = await startCompanion(env);
  t.after(() => shop.stop());
  return shop;
}

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function warnings(shop: TestCompanion, message: RegExp): LogLine[] {
  const lines = shop
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
  return lines.filter(({ level, msg }) => level === 40 && message.test(msg));
}

const FORWARDED = { 'x-forwarded-for': '198.51.100.7' };

describe('a stranger at the address of everybody', () => {
  it('locks out neither the shop nor its payers, whatever they try', async (t) => {
    const shop = await shopBehindProxy(t, { SBP_RATE_LIMIT: '20' });
    const { payment_id, token } = await shop.createPayment();
    const statuses = new Set<number>();
    for (const [path, method] of [
      ['/api/sbp/v1/payments', 'GET'],
      ['/checkout/v1/session', 'GET'],
      ['/webhooks/sandbox', 'POST'],
      ['/openapi.json', 'GET'],
    ] as const) {
      for (let n = 0; n < 30; n++) {
        const headers = { authorization: `Bearer guess-${n}`, ...FORWARDED };
        statuses.add((await fetch(shop.url + path, { method, headers })).status);
      }
    }
    assert.ok(statuses.has(429));
    assert.equal((await shop.api(`/payments/${payment_id}`)).status, 200);
    assert.equal((await shop.checkout('/session', token)).status, 200);
    // The sandbox's bank also sends its webhook from this address, with a signature.
    assert.equal((await shop.sandbox(payment_id, 'pay')).status, 200);
  });

  it('takes no payer’s stream by holding all that the address may have', async (t) => {
    const shop = await shopBehindProxy(t, { SBP_STREAM_LIMIT: '3' });
    const [greedy, payer] = [await shop.createPayment(), await shop.createPayment()];
    const streams: StreamReader[] = [];
    t.after(() => streams.forEach((stream) => stream.stop()));
    for (let n = 0; n < 3; n++) streams.push(await StreamReader.open(shop.url, greedy.token));
    await refusalOf(await shop.checkout('/session/events', greedy.token), 'one too many');
    for (let n = 0; n < 2; n++) streams.push(await StreamReader.open(shop.url, payer.token));
    await refusalOf(await shop.checkout('/session/events', payer.token), 'a third tab');
  });
});

describe('a proxy that is not named', () => {
  it('is warned of once, with the setting to make', async (t) => {
    const shop = await shopBehindProxy(t, {});
    for (let n = 0; n < 3; n++) await fetch(`${shop.url}/healthz`, { headers: FORWARDED });
    const found = warnings(shop, /SBP_TRUSTED_PROXIES/);
    assert.deepEqual(
      found.map(({ proxy }) => proxy),
      ['127.0.0.1'],
    );
    assert.equal(shop.logs().includes('198.51.100.7'), false, 'the payer’s address is nobody’s business');
  });

  it('is warned of also when it sends Forwarded, named or not', async (t) => {
    for (const env of [{}, { SBP_TRUSTED_PROXIES: '127.0.0.1' }]) {
      const shop = await shopBehindProxy(t, env);
      await fetch(`${shop.url}/healthz`, { headers: { forwarded: 'for=198.51.100.7' } });
      assert.equal(warnings(shop, /SBP_TRUSTED_PROXIES/).length, 1);
    }
  });

  it('is not warned of where it is named, nor where nothing stands in front', async (t) => {
    const named = await shopBehindProxy(t, { SBP_TRUSTED_PROXIES: '127.0.0.0/8' });
    await fetch(`${named.url}/healthz`, { headers: FORWARDED });
    const bare = await shopBehindProxy(t, {});
    await fetch(`${bare.url}/healthz`);
    for (const shop of [named, bare]) assert.equal(warnings(shop, /SBP_TRUSTED_PROXIES/).length, 0);
  });
});

describe('refusals that anyone can cause', () => {
  it('are one line each, and how many more there were', async () => {
    const shop = await startCompanion({ SBP_RATE_LIMIT: '50' });
    let limitedWebhooks = 0;
    for (let n = 0; n < 40; n++) {
      await fetch(`${shop.url}/api/sbp/v1/payments`, { headers: { authorization: 'Bearer guess' } });
      const { status } = await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body: '{}' });
      if (status === 429) limitedWebhooks++;
    }
    assert.ok(limitedWebhooks > 0);
    const count = () =>
      warnings(shop, /request refused|webhook refused/).map(({ code, reason }) => code ?? reason);
    assert.deepEqual(count().sort(), ['invalid_api_key', 'rate_limited', 'signature_missing']);
    await shop.stop();
    const more = warnings(shop, /request refused|webhook refused/).reduce(
      (sum, line) => sum + Number(line['more'] ?? 1),
      0,
    );
    // A webhook over the limit is logged twice: as a limited call, and as a refused webhook.
    assert.equal(more, 80 + limitedWebhooks);
    assert.equal(shop.logs().includes(API_KEY), false);
  });
});

describe('/docs and /openapi.json', () => {
  it('are built once, and not sent to who has them', async (t) => {
    const shop = await shopBehindProxy(t, {});
    for (const path of ['/docs', '/openapi.json']) {
      const first = await fetch(shop.url + path);
      const etag = first.headers.get('etag')!;
      assert.match(etag, /^"[\w-]{22}"$/);
      assert.equal((await first.text()).length > 1_000, true);
      const again = await fetch(shop.url + path, { headers: { 'if-none-match': etag } });
      assert.deepEqual([again.status, await again.text()], [304, '']);
      assert.equal((await fetch(shop.url + path)).headers.get('etag'), etag);
    }
  });

  it('count towards the limit of their reader', async (t) => {
    const shop = await shopBehindProxy(t, { SBP_RATE_LIMIT: '2' });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await fetch(`${shop.url}/docs`)).status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });
});
