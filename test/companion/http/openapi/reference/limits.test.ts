import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../../../../src/companion/config.ts';
import { documentedTable, introduction, type Row } from '../../../../support/api-doc.ts';
import { startCompanion, testEnv, type TestCompanion } from '../../../../support/companion.ts';
import { RawSocket } from '../../../../support/raw-socket.ts';

/** The clock stands still, so that the limits in time are exact to the millisecond. */
const NOW = Date.UTC(2026, 5, 15, 12);
const DAY_S = 24 * 3600;

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion({ SBP_MERCHANT_NAME: 'Ромашка' }, { now: () => NOW });
});
after(() => shop.stop());

interface Edges {
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
}

const at = (ms: number) => new Date(NOW + ms).toISOString();
const chars = (count: number) => 'x'.repeat(count);
const url = (length: number) => `https://shop.example/${chars(length - 21)}`;
/** Returns an e-mail address of this length, with the shortest possible name before the `@`. */
const email = (length: number) => `${chars(length - 252 + 1)}@${`${chars(61)}.`.repeat(4)}ru`;
const objectOf = (bytes: number) => ({ k: chars(bytes - 8) });

/** Returns the numbers in a documented type: [1, 128] for `string, 1–128`. */
const numbersOf = ({ cells }: Row) => [...cells[1]!.matchAll(/\d+/g)].map(([number]) => Number(number));

/** The values on both sides of each documented limit, made from the numbers in the table. */
const EDGES: Record<string, (numbers: number[]) => Edges> = {
  order_id: ([min, max]) => ({
    taken: [chars(min!), chars(max!), 'я'.repeat(max!), `  ${chars(max!)}  `],
    refused: [chars(min! - 1), ' ', chars(max! + 1), 'a\u0000b', 'a\nb', 'half \ud83d', null, 5],
  }),
  amount: ([min, max]) => ({
    taken: [min, max, 125_000],
    refused: [min! - 1, max! + 1, -1, 1.5, 1e21, '100', true, null, [100]],
  }),
  currency: () => ({ taken: ['RUB', null], refused: ['USD', 'rub', '', 643] }),
  description: ([max]) => ({
    taken: [chars(max!), '', null, ` ${chars(max! - 2)} \n\t y `],
    refused: [chars(max! + 1), 'a\u0007b', 'half \udc00', 5],
  }),
  expires_in: ([min, max]) => ({ taken: [min, max], refused: [min! - 1, max! + 1, -5, 1.5, '60'] }),
  expires_at: () => ({
    taken: [at(1), at(90 * DAY_S * 1000), '2026-06-15T15:00:01+03:00', '2026-06-15T12:01Z'],
    refused: [at(0), at(-1), at(90 * DAY_S * 1000 + 1), '2026-06-16', '2026-06-15T15:00:01', 1_781_524_801],
  }),
  renewable: () => ({ taken: [true, false, null], refused: ['true', 0, 'no'] }),
  return_url: ([max]) => ({
    taken: [url(max!), 'http://shop.example', null],
    refused: [
      url(max! + 1),
      '/thanks',
      'javascript:alert(1)',
      'ftp://shop.example',
      'https://me:pw@shop.example',
      '',
    ],
  }),
  callback_url: ([max]) => ({
    taken: [url(max!), 'http://127.0.0.1:9/', null],
    refused: [url(max! + 1), 'shop.example/hook', 'file:///etc/passwd', 'https://me:pw@shop.example', ''],
  }),
  'customer.phone': ([min, max]) => ({
    taken: ['9'.repeat(min!), '9'.repeat(max!), '+7 (999) 000-11-22', '', null],
    refused: ['9'.repeat(min! - 1), '9'.repeat(max! + 1), '+7999000112a', 79_990_001_122],
  }),
  'customer.email': ([max]) => ({
    taken: ['a@b.ru', email(max!), '', null],
    refused: [email(max! + 1), 'a@b', 'nobody'],
  }),
  'customer.ip': () => ({
    taken: ['203.0.113.7', '2001:db8::1', '', null],
    refused: ['203.0.113', '203.0.113.256', '2001:db8::g'],
  }),
  'customer.country': () => ({ taken: ['RU', 'ru', '', null], refused: ['R', 'RUS', 'R1'] }),
  methods: () => ({
    taken: [['sbp'], ['buyer_qr', 'sberpay', 'sbp'], null],
    refused: [[], ['cash'], ['sbp', 'sbp'], 'sbp'],
  }),
  'qr.format': () => ({ taken: ['svg', 'png', null], refused: ['gif', 'SVG', ''] }),
  'qr.size': ([min, max]) => ({ taken: [min, max, null], refused: [min! - 1, max! + 1, 64.5, '256'] }),
  locale: () => ({ taken: ['ru', 'en', null], refused: ['de', 'RU', 'ru-RU', ''] }),
  'features.deep_link': () => ({ taken: [true, false, null], refused: ['true', 1] }),
  metadata: ([max]) => ({
    taken: [objectOf(max!), { k: 'я'.repeat((max! - 8) / 2) }, {}, [], null],
    refused: [objectOf(max! + 1), { k: 'я'.repeat((max! - 8) / 2 + 1) }, [1], 'text', 5],
  }),
};

/** Returns a body with one field set. A path such as `qr.size` sets the field inside `qr`. */
function withField(path: string, value: unknown): Record<string, unknown> {
  const [name, inner] = path.split('.') as [string, string?];
  return { order_id: 'EDGE', amount: 100, [name]: inner === undefined ? value : { [inner]: value } };
}

async function faultsOf(path: string, body: unknown): Promise<string[]> {
  const response = await shop.api(path, { json: body });
  if (response.status < 300) return [];
  const { status, errors = [] } = (await response.json()) as {
    status: number;
    errors?: { path: string; message: string }[];
  };
  assert.equal(status, 422);
  for (const { message } of errors) assert.match(message, /^(must|is|are) /);
  return errors.map((error) => error.path);
}

describe('every documented field of POST /payments has its edges', () => {
  const { rows } = documentedTable('post /api/sbp/v1/payments', 'field');

  it('each of them', () => {
    assert.deepEqual(Object.keys(EDGES).sort(), rows.flatMap(({ names }) => names).sort());
  });

  for (const row of rows) {
    const name = row.names[0]!;
    it(`${name}: ${row.cells[1]!}`, async () => {
      const { taken, refused } = EDGES[name]!(numbersOf(row));
      for (const value of taken) {
        const shown = `${name}: ${JSON.stringify(value).slice(0, 80)}`;
        assert.deepEqual(await faultsOf('/payments', withField(name, value)), [], shown);
      }
      for (const value of refused) {
        const [fault = 'nothing', ...more] = await faultsOf('/payments', withField(name, value));
        const shown = `${name}: ${JSON.stringify(value).slice(0, 80)} was refused for ${fault}`;
        // The path of an error in a list has the index of the item.
        assert.ok(fault === name || fault.startsWith(`${name}.`), shown);
        assert.deepEqual(more, []);
      }
    });
  }

  it('comes back as it was sent', async () => {
    const sent = {
      constructor: 'Строитель',
      prototype: null,
      hasOwnProperty: 1,
      ключ: ['\ud800', { toString: 0 }],
    };
    const { payment_id, metadata } = await shop.createPayment({ metadata: sent });
    assert.equal(JSON.stringify(metadata), JSON.stringify(sent));
    const later = (await (await shop.api(`/payments/${payment_id}`)).json()) as { metadata: unknown };
    assert.equal(JSON.stringify(later.metadata), JSON.stringify(sent));
  });

  it('has the documented default', async () => {
    const payment = await shop.createPayment();
    const given = {
      ...payment,
      expires_in: (Date.parse(payment.expires_at) - Date.parse(payment['created_at'] as string)) / 1000,
    } as Record<string, unknown>;
    for (const { names, cells } of rows) {
      const fallback = /^`(.+)`$/.exec(cells[2]!)?.[1];
      if (fallback === undefined || names[0]!.includes('.')) continue;
      assert.deepEqual(given[names[0]!], JSON.parse(fallback), names[0]);
    }
    assert.match(payment.qr_svg, /^<svg [^>]*width="256"/);
    assert.equal('deep_link' in payment, false);
    assert.deepEqual(payment['methods'], ['sbp']);
  });
});

describe('the other documented fields have their edges', () => {
  it('POST /refunds', async () => {
    const { payment_id } = await shop.createPayment({ amount: 1_000 });
    await shop.sandbox(payment_id, 'pay');
    const edges: Record<string, (numbers: number[]) => Edges> = {
      payment_id: ([, max]) => ({ taken: [], refused: ['', chars(max! + 1), 5, null] }),
      amount: ([min, max]) => ({ taken: [min], refused: [min! - 1, max, max! + 1, 1.5, '1', -1, 1_001] }),
      reason: ([max]) => ({
        taken: [chars(max!), '', null, 'в две\nстроки'],
        refused: [chars(max! + 1), 'a\u0000b', 'half \ud83d', 5],
      }),
    };
    const { rows } = documentedTable('post /api/sbp/v1/refunds', 'field');
    assert.deepEqual(
      Object.keys(edges),
      rows.flatMap(({ names }) => names),
    );
    for (const row of rows) {
      const name = row.names[0]!;
      const { taken, refused } = edges[name]!(numbersOf(row));
      for (const value of taken) {
        assert.deepEqual(await faultsOf('/refunds', { payment_id, amount: 1, [name]: value }), [], name);
      }
      for (const value of refused) {
        const faults = await faultsOf('/refunds', { payment_id, amount: 1, [name]: value });
        assert.deepEqual(faults, [name], `${name}: ${JSON.stringify(value).slice(0, 60)}`);
      }
    }
    // An id of the maximum length that belongs to no payment.
    const unknown = await shop.api('/refunds', { json: { payment_id: chars(64) } });
    assert.equal(unknown.status, 404);
    const spoken = await shop.api('/refunds', {
      json: { payment_id, amount: 1, reason: ' в две\n строки ' },
    });
    assert.equal(((await spoken.json()) as { reason: string }).reason, 'в две строки');
    const rest = await shop.api('/refunds', { json: { payment_id, amount: null, reason: '' } });
    const { amount, reason } = (await rest.json()) as { amount: number; reason: null };
    assert.deepEqual([amount, reason], [1_000 - 6, null]);
  });

  it('POST /test/webhook', async () => {
    const [row] = documentedTable('post /api/sbp/v1/test/webhook', 'field').rows;
    const { taken, refused } = EDGES['callback_url']!(numbersOf(row!));
    for (const callback_url of taken.filter((value) => value !== null)) {
      assert.deepEqual(await faultsOf('/test/webhook', { callback_url }), []);
    }
    for (const callback_url of [...refused, null]) {
      assert.deepEqual(await faultsOf('/test/webhook', { callback_url }), ['callback_url']);
    }
  });

  it('limit and cursor of both lists', async () => {
    for (const list of ['/payments', '/deliveries']) {
      for (const limit of ['1', '100', '007']) {
        assert.equal((await shop.api(`${list}?limit=${limit}`)).status, 200, limit);
      }
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=-1',
        'limit=1e1',
        'limit=%201',
        'limit=1&limit=2',
        'cursor=a&cursor=b',
      ]) {
        const response = await shop.api(`${list}?${query}`);
        assert.equal(response.status, 422, query);
        const { errors } = (await response.json()) as { errors: { path: string }[] };
        assert.deepEqual(
          errors.map(({ path }) => path),
          [query.split('=')[0]],
        );
      }
    }
  });
});

describe('every documented limit of a call', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    shop.api('/payments', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const documented = (pattern: RegExp) => Number(pattern.exec(introduction)![1]);

  it('the body', async () => {
    const bytes = documented(/body over (\d+) MiB/) * 1024 * 1024;
    const body = (size: number) => {
      const start = '{"order_id":"BIG","amount":1,"other":"';
      return `${start}${chars(size - start.length - 2)}"}`;
    };
    assert.equal((await post(body(bytes))).status, 201);
    assert.equal((await post(body(bytes + 1))).status, 413);
    const chunked = async (size: number) => {
      const stream = new Blob([body(size)]).stream();
      const init = {
        method: 'POST',
        body: stream,
        duplex: 'half',
        headers: { 'content-type': 'application/json' },
      };
      return (await shop.api('/payments', init)).status;
    };
    assert.deepEqual([await chunked(bytes), await chunked(bytes + 1)], [201, 413]);
  });

  it('the nesting', async () => {
    const levels = documented(/deeper than\s+(\d+) levels/);
    const nested = (depth: number) => {
      const inside = depth - 1;
      return `{"order_id":"DEEP","amount":1,"metadata":${'{"a":'.repeat(inside - 1)}{}${'}'.repeat(inside - 1)}}`;
    };
    assert.equal((await post(nested(levels))).status, 201);
    assert.equal((await post(nested(levels + 1))).status, 400);
  });

  it('the headers', async () => {
    const bytes = documented(/headers over (\d+) KiB/) * 1024;
    const status = async (size: number) => {
      const socket = await RawSocket.open(shop.url);
      const start = 'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-large: ';
      socket.send(`${start}${chars(size - start.length - 4)}\r\n\r\n`);
      await socket.closed(5_000);
      return Number(socket.received.split(' ')[1]);
    };
    // The parser's count leaves out line ends and colons.
    assert.deepEqual([await status(bytes), await status(bytes + 100)], [200, 431]);
  });

  it('an id in the address', async () => {
    const longest = documented(/more than (\d+) characters in the address/);
    assert.equal((await shop.api(`/payments/${chars(longest)}`)).status, 404);
    assert.equal((await shop.api(`/payments/${chars(longest + 1)}`)).status, 414);
    assert.equal((await shop.api(`/payments/${chars(10_000)}`)).status, 414);
  });

  it('the Idempotency-Key', async () => {
    const body = '{"order_id":"KEY","amount":1}';
    const status = async (key: string) => (await post(body, { 'idempotency-key': key })).status;
    for (const key of ['k', chars(255), '!~"{}']) assert.equal(await status(key), 201, key);
    for (const key of ['', chars(256), 'a b', 'ключ'.replace(/./g, 'é')])
      assert.equal(await status(key), 400, key);
  });

  it('the X-Request-Id', async () => {
    const longest = documented(/up to (\d+) characters/);
    const echo = async (id: string) => {
      const { headers } = await shop.api('/payments', { headers: { 'x-request-id': id } });
      return headers.get('x-request-id');
    };
    for (const id of ['a', 'A-z_0.9', chars(longest)]) assert.equal(await echo(id), id);
    for (const id of [chars(longest + 1), 'a b', 'a/b', 'é']) {
      assert.match((await echo(id)) ?? '', /^[0-9a-f-]{36}$/, id);
    }
  });

  it('calls and streams: the documented numbers are the defaults', () => {
    const unset = { SBP_RATE_LIMIT: '', SBP_STREAM_LIMIT: '' };
    const { rateLimit, streamLimit } = loadConfig({ ...testEnv(0, '/tmp'), ...unset });
    assert.equal(rateLimit, documented(/`SBP_RATE_LIMIT` \((\d+)\)/));
    assert.equal(streamLimit, documented(/`SBP_STREAM_LIMIT` \((\d+)\)/));
    assert.equal(
      documented(/also (\d+) for each payment/),
      20,
      'the limit in http/plumbing/call-limits.test.ts',
    );
    assert.equal(
      documented(/request that takes more than (\d+) s/),
      20,
      'the limit in http/plumbing/timeouts.test.ts',
    );
  });
});
