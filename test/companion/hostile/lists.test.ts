import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';
import { refusalOf } from '../../support/refusal.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
  for (let i = 0; i < 5; i++) {
    await shop.createPayment({ order_id: `LIST-${i % 2}` });
    await addDelivery();
  }
});
after(() => shop.stop());

interface Page {
  items: Record<string, unknown>[];
  next_cursor: string | null;
}

const addDelivery = () => shop.api('/test/webhook', { json: { callback_url: 'http://127.0.0.1:9/' } });
const pageOf = async (path: string) => (await (await shop.api(path)).json()) as Page;
const cursorOf = async (path: string) => (await pageOf(path)).next_cursor!;
const encoded = (text: string) => Buffer.from(text).toString('base64url');

async function faultOf(path: string): Promise<string> {
  const { status, code, errors } = await refusalOf(await shop.api(path), path);
  assert.deepEqual([status, code, errors?.length], [422, 'invalid_fields', 1], path);
  return errors![0]!.path;
}

describe('a cursor', () => {
  it('is one of this list’s own, or is refused', async () => {
    const cursors: Record<string, string> = {
      '/payments': await cursorOf('/payments?limit=2'),
      '/deliveries': await cursorOf('/deliveries?limit=2'),
    };
    for (const [list, own] of Object.entries(cursors)) {
      const foreign = Object.values(cursors).find((cursor) => cursor !== own)!;
      assert.equal((await shop.api(`${list}?cursor=${own}`)).status, 200);
      const name = list.slice(1);
      for (const cursor of [
        foreign,
        '1',
        '-1',
        'zzz',
        '%00',
        'null',
        encoded('1'),
        encoded('-1'),
        encoded(`${name} -1`),
        encoded(`${name} 1.5`),
        encoded(`${name} `),
        encoded(`${name} ${'9'.repeat(16)}`),
        encoded(`${name} 1; DROP TABLE payments`),
        encoded(`${name}\u00001`),
        `${own}A`,
        'x'.repeat(8_000),
      ]) {
        assert.equal(await faultOf(`${list}?cursor=${cursor}`), 'cursor', cursor.slice(0, 60));
      }
    }
  });

  it('leads to an empty page where there is nothing more', async () => {
    assert.deepEqual(await pageOf(`/payments?cursor=${encoded('payments 0')}`), {
      items: [],
      next_cursor: null,
    });
  });
});

describe('a query', () => {
  it('is refused by the name of what it does not understand', async () => {
    for (const list of ['/payments', '/deliveries']) {
      for (const limit of ['0', '101', '-1', '1.5', '1e1', '0x10', 'ten', '%20', '1%00', '9'.repeat(400)]) {
        assert.equal(await faultOf(`${list}?limit=${limit}`), 'limit', limit);
      }
      assert.equal(await faultOf(`${list}?limit=1&limit=1`), 'limit');
    }
    for (const status of ['unknown', 'PAID', 'paid,failed', 'paid%00', 'constructor', '__proto__']) {
      assert.equal(await faultOf(`/payments?status=${status}`), 'status', status);
    }
    assert.equal(await faultOf('/payments?status=paid&status=failed'), 'status');
    assert.equal(await faultOf('/payments?order_id=a&order_id=b'), 'order_id');
    assert.equal(await faultOf('/deliveries?payment_id=a&payment_id=b'), 'payment_id');
    for (const platform of ['amiga', 'iOS', 'ios&platform=android']) {
      assert.equal(await faultOf(`/banks?platform=${platform}`), 'platform', platform);
    }
  });

  it('finds what it names and nothing else, whatever stands in it', async () => {
    for (const order_id of ["' OR 1=1 --", '%', '_', 'LIST-', 'list-0', 'LIST-0\u0000']) {
      const { items } = await pageOf(`/payments?order_id=${encodeURIComponent(order_id)}`);
      assert.deepEqual(items, [], order_id);
    }
    assert.equal((await pageOf('/payments?order_id=LIST-0')).items.length, 3);
    assert.equal((await pageOf('/payments?order_id=LIST-0&status=paid')).items.length, 0);
    assert.deepEqual((await pageOf('/deliveries?payment_id=pay_nobody')).items, []);
    assert.equal((await pageOf('/payments?order_id=&status=&cursor=&limit=')).items.length, 5);
  });
});

describe('the log of deliveries', () => {
  it('comes fifty at a time unless asked otherwise', async () => {
    for (let i = (await pageOf('/deliveries?limit=100')).items.length; i < 51; i++) await addDelivery();
    const { items, next_cursor } = await pageOf('/deliveries');
    assert.equal(items.length, 50);
    assert.equal((await pageOf(`/deliveries?cursor=${next_cursor}`)).items.length, 1);
  });

  it('keeps its pages while rows are added', async () => {
    const all = (await pageOf('/deliveries?limit=100')).items.map(({ delivery_id }) => delivery_id);
    const seen: unknown[] = [];
    let query = '';
    for (let pages = 0; pages < 10; pages++) {
      const { items, next_cursor } = await pageOf(`/deliveries?limit=20${query}`);
      seen.push(...items.map(({ delivery_id }) => delivery_id));
      await addDelivery();
      if (next_cursor === null) break;
      query = `&cursor=${next_cursor}`;
    }
    assert.deepEqual(seen, all);
  });
});
