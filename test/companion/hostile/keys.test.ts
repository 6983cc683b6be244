import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { documentedOperations } from '../../support/api-doc.ts';
import { changedRows, dumpDatabase } from '../../support/database-dump.ts';
import { refusalOf } from '../../support/refusal.ts';
import { ApiFixture } from '../../support/api-fixture.ts';

let stage: ApiFixture;
before(async () => {
  stage = await ApiFixture.start();
});
after(() => stage.stop());

const POSTS = documentedOperations
  .filter(({ method, path }) => method === 'post' && path.startsWith('/api/'))
  .map(({ path }) => `post ${path}`);

const NAMES = ['idempotency-key', 'x-idempotency-key', 'idempotence-key'];

describe('a repeat under one key', () => {
  it('is answered as the first call was, and changes nothing, at every POST', async () => {
    assert.equal(POSTS.length, 7);
    for (const operation of POSTS) {
      const good = await stage.validCall(operation);
      const key = `repeat ${operation}`.replaceAll(' ', '-');
      const [first, ...repeats] = [
        { [NAMES[0]!]: key },
        { [NAMES[1]!]: key },
        { [NAMES[2]!]: key },
        { [NAMES[0]!]: key, [NAMES[1]!]: key },
        { [NAMES[0]!]: key, [NAMES[1]!]: key, [NAMES[2]!]: key },
      ];
      const answer = await stage.call(operation, { ...good, headers: first });
      const body = await answer.text();
      assert.ok(answer.ok, `${operation} → ${answer.status} ${body}`);
      assert.equal(answer.headers.get('idempotency-replayed'), null, operation);
      await stage.settle();
      const stored = dumpDatabase(stage.shop.databaseFile);
      for (const headers of repeats) {
        const again = await stage.call(operation, { ...good, headers });
        assert.deepEqual([again.status, await again.text()], [answer.status, body], operation);
        assert.equal(again.headers.get('idempotency-replayed'), 'true', operation);
      }
      assert.deepEqual(changedRows(stored, dumpDatabase(stage.shop.databaseFile)), [], operation);
    }
  });

  it('means another call at another address', async () => {
    const headers = { 'idempotency-key': 'shared' };
    const [one, two] = [await stage.shop.createPayment(), await stage.shop.createPayment()];
    for (const { payment_id } of [one, two]) {
      const path = `/payments/${payment_id}/cancel`;
      const answer = await stage.shop.api(path, { method: 'POST', headers });
      assert.equal(((await answer.json()) as { payment_id: string }).payment_id, payment_id);
      assert.equal(answer.headers.get('idempotency-replayed'), null);
    }
    const refund = await stage.shop.api('/refunds', {
      json: { payment_id: stage.paid.payment_id, amount: 1 },
      headers,
    });
    assert.deepEqual([refund.status, refund.headers.get('idempotency-replayed')], [201, null]);
  });

  it('reads the same body whatever the order of its fields, and the query is none of its business', async () => {
    const headers = { 'idempotency-key': 'order', 'content-type': 'application/json' };
    const send = async (body: string, query = '') => {
      const response = await stage.shop.api(`/payments${query}`, { method: 'POST', body, headers });
      return ((await response.json()) as { payment_id: string }).payment_id;
    };
    const id = await send('{"order_id":"O","amount":5,"metadata":{"a":1,"b":[1,2]}}');
    assert.equal(await send(' { "metadata": {"b":[1, 2], "a":1.0}, "amount":5, "order_id":"O" } '), id);
    assert.equal(await send('{"order_id":"O","amount":5,"metadata":{"a":1,"b":[1,2]}}', '?again=1'), id);
    assert.equal(await send('{"order_id":"O","amount":5,"metadata":{"a":1,"b":[2,1]}}'), undefined);
  });
});

describe('a refused call', () => {
  it('leaves its key to the call that is right', async () => {
    const { payment_id } = await stage.shop.createPayment();
    const headers = { 'idempotency-key': 'patience' };
    const refund = (amount: number) => stage.shop.api('/refunds', { json: { payment_id, amount }, headers });
    assert.equal((await refund(5)).status, 409);
    await stage.shop.sandbox(payment_id, 'pay');
    assert.equal((await refund(999_999)).status, 422);
    assert.equal((await refund(5)).status, 201);
    assert.equal((await refund(6)).status, 422);
    const again = await refund(5);
    assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [201, 'true']);
  });
});

describe('a key that cannot be meant', () => {
  it('is refused by every POST before anything is done', async () => {
    for (const operation of POSTS) {
      const good = await stage.validCall(operation);
      await stage.settle();
      const stored = dumpDatabase(stage.shop.databaseFile);
      for (const headers of [
        ...['', ' ', 'two words', 'x'.repeat(256), 'caf\u00e9', '\u00a0'].flatMap((key) =>
          NAMES.map((name) => ({ [name]: key })),
        ),
        { [NAMES[0]!]: 'one', [NAMES[1]!]: 'another' },
        { [NAMES[0]!]: 'one', [NAMES[1]!]: '' },
        { [NAMES[0]!]: 'one', [NAMES[1]!]: 'one', [NAMES[2]!]: 'another' },
        { [NAMES[1]!]: 'one', [NAMES[2]!]: 'another' },
        { [NAMES[0]!]: 'same, same' },
      ]) {
        const shown = `${operation} ${JSON.stringify(headers).slice(0, 90)}`;
        const problem = await refusalOf(await stage.call(operation, { ...good, headers }), shown);
        assert.deepEqual([problem.status, problem.code], [400, 'invalid_idempotency_key'], shown);
      }
      assert.deepEqual(changedRows(stored, dumpDatabase(stage.shop.databaseFile)), [], operation);
    }
  });
});
