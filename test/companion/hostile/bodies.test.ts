import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { API_KEY } from '../../support/companion.ts';
import { changedRows, dumpDatabase } from '../../support/database-dump.ts';
import { refusalOf } from '../../support/refusal.ts';
import { ApiFixture } from '../../support/api-fixture.ts';

/** The POSTs that require a body. The others also read a body, if there is one. */
const NEEDY = ['/payments', '/refunds', '/test/webhook'];
const JSON_TYPE = { 'content-type': 'application/json' };
/** A valid body for each of them: unknown fields are ignored. */
const GOOD = '{"order_id":"B","amount":5,"payment_id":"pay_nobody","callback_url":"http://127.0.0.1:9/"}';

let stage: ApiFixture;
let others: string[] = [];
before(async () => {
  stage = await ApiFixture.start();
  const { open } = stage;
  others = [
    `/payments/${open.payment_id}/cancel`,
    `/qrs/${open.qr_id}/close`,
    `/deliveries/${stage.deliveryId}/redeliver`,
  ];
});
after(() => stage.stop());

const latin = (text: string) => Buffer.from(text, 'latin1');

type Body = string | Buffer<ArrayBuffer>;

function post(path: string, body: Body | undefined, headers: Record<string, string>) {
  return stage.shop.api(path, { method: 'POST', ...(body === undefined ? {} : { body }), headers });
}

async function refused(
  path: string,
  [what, body, headers, status, code]: readonly [
    string,
    Body | undefined,
    Record<string, string>,
    number,
    string,
  ],
): Promise<void> {
  const stored = dumpDatabase(stage.shop.databaseFile);
  const response = await post(path, body, headers);
  const problem = await refusalOf(response, `${path} with ${what}`);
  assert.deepEqual([problem.status, problem.code], [status, code], `${path} with ${what}: ${problem.detail}`);
  assert.deepEqual(changedRows(stored, dumpDatabase(stage.shop.databaseFile)), [], `${path} with ${what}`);
}

describe('a body that cannot be read', () => {
  const unreadable = [
    ['nothing in it', '', JSON_TYPE, 400, 'malformed_json'],
    ['white space', ' \n', JSON_TYPE, 400, 'malformed_json'],
    ['half of it', GOOD.slice(0, -2), JSON_TYPE, 400, 'malformed_json'],
    ['more behind it', `${GOOD}{}`, JSON_TYPE, 400, 'malformed_json'],
    ['single quotes', "{'order_id':'B'}", JSON_TYPE, 400, 'malformed_json'],
    ['NaN', '{"order_id":"B","amount":NaN}', JSON_TYPE, 400, 'malformed_json'],
    ['__proto__', GOOD.replace('{', '{"__proto__":{"amount":1},'), JSON_TYPE, 400, 'malformed_json'],
    [
      '__proto__ far inside',
      GOOD.replace('{', '{"metadata":{"a":[{"__proto__":1}]},'),
      JSON_TYPE,
      400,
      'malformed_json',
    ],
    [
      'constructor.prototype',
      GOOD.replace('{', '{"constructor":{"prototype":{}},'),
      JSON_TYPE,
      400,
      'malformed_json',
    ],
    ['windows-1251', latin(GOOD.replace('"B"', '"\xd6\xe2\xe5\xf2\xfb"')), JSON_TYPE, 400, 'malformed_json'],
    ['half a character', latin(GOOD.replace('"B"', '"\xd0"')), JSON_TYPE, 400, 'malformed_json'],
    ['a surrogate in UTF-8', latin(GOOD.replace('"B"', '"\xed\xa0\x80"')), JSON_TYPE, 400, 'malformed_json'],
    ['UTF-16', Buffer.from(GOOD, 'utf16le'), JSON_TYPE, 400, 'malformed_json'],
    ['gzip', gzipSync(GOOD), { ...JSON_TYPE, 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
    ['gzip in name only', GOOD, { ...JSON_TYPE, 'content-encoding': 'br' }, 415, 'unsupported_media_type'],
    ['gzip without saying so', gzipSync(GOOD), JSON_TYPE, 400, 'malformed_json'],
    ...[
      'text/plain',
      'text/json',
      'application/jsonp',
      'application/vnd.api+json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      '*/*',
      ';;',
    ].map((type) => [type, GOOD, { 'content-type': type }, 415, 'unsupported_media_type'] as const),
    ['no type', latin(GOOD), {}, 415, 'unsupported_media_type'],
  ] as const;

  it('is refused by every POST, and changes nothing', async () => {
    for (const path of [...NEEDY, ...others]) {
      for (const body of unreadable) await refused(path, body);
    }
  });

  it('is refused before the key is looked at, and leaves it free', async () => {
    const key = { 'idempotency-key': 'unreadable' };
    await refused('/payments', ['half of it', '{', { ...JSON_TYPE, ...key }, 400, 'malformed_json']);
    assert.equal((await post('/payments', GOOD, { ...JSON_TYPE, ...key })).status, 201);
  });
});

describe('a body that says the wrong thing', () => {
  it('is refused with the fields that are missing, and changes nothing', async () => {
    for (const path of NEEDY) {
      await refused(path, ['no body', undefined, {}, 422, 'invalid_fields']);
      for (const body of ['null', '5', '"text"', 'true', '[]', '[{}]', '{}', '{"ORDER_ID":"B"}']) {
        await refused(path, [body, body, JSON_TYPE, 422, 'invalid_fields']);
      }
    }
    await refused('/payments', [
      '1e999',
      '{"order_id":"B","amount":1e999}',
      JSON_TYPE,
      422,
      'invalid_fields',
    ]);
    await refused('/payments', ['-0', '{"order_id":"B","amount":-0}', JSON_TYPE, 422, 'invalid_fields']);
    const long = `{"order_id":"B","amount":${'9'.repeat(5_000)}}`;
    await refused('/payments', ['5,000 nines', long, JSON_TYPE, 422, 'invalid_fields']);
  });
});

describe('a body in unusual clothes', () => {
  const create = async (body: Body, headers: Record<string, string> = JSON_TYPE) => {
    const response = await post('/payments', body, headers);
    assert.equal(response.status, 201, JSON.stringify(headers));
    return (await response.json()) as Record<string, unknown>;
  };

  it('is read all the same', async () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
      'Application/JSON',
      'application/json; profile=x',
    ]) {
      await create(GOOD, { 'content-type': type });
    }
    await create(GOOD, { ...JSON_TYPE, 'content-encoding': 'identity' });
    await create(`\ufeff${GOOD}`);
    const { order_id } = await create(GOOD.replace('"B"', '"\\u0426веты 💐"'));
    assert.equal(order_id, 'Цветы 💐');
    const { amount } = await create(GOOD.replace('{', '{"amount":7,'));
    assert.equal(amount, 5, 'the last of two equal names counts');
  });

  it('is read in chunks, whatever is cut by their ends', async () => {
    const bytes = Buffer.from(GOOD.replace('"B"', '"Цветы"'));
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const init = { method: 'POST', body: stream, duplex: 'half', headers: JSON_TYPE };
    const response = await stage.shop.api('/payments', init);
    assert.equal(((await response.json()) as { order_id: string }).order_id, 'Цветы');
  });

  it('does no harm where none is needed', async () => {
    for (const body of ['{}', 'null', '[]', '{"amount":1,"status":"paid"}']) {
      const { payment_id } = await stage.shop.createPayment();
      const response = await post(`/payments/${payment_id}/cancel`, body, JSON_TYPE);
      assert.equal(((await response.json()) as { status: string }).status, 'canceled', body);
    }
  });

  it('is no way to be somebody else', async () => {
    const before = dumpDatabase(stage.shop.databaseFile);
    const headers = { ...JSON_TYPE, authorization: `Bearer ${stage.open.token}` };
    for (const path of [...NEEDY, ...others]) {
      const response = await post(path, `{"authorization":"Bearer ${API_KEY}",${GOOD.slice(1)}`, headers);
      assert.equal((await refusalOf(response, path)).code, 'invalid_api_key');
    }
    assert.deepEqual(changedRows(before, dumpDatabase(stage.shop.databaseFile)), []);
  });
});
