import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { changedRows, dumpDatabase } from '../../../support/database-dump.ts';
import { refusalOf } from '../../../support/refusal.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

const NOT_KOPECKS = [
  ...['1250.00', '1250.50', '125000.0', '1.25e5', '125e3', '1E5', '1e0', '1e-2', '1e999', '-0', '-0.0', '-5'],
  ...[
    '0',
    '0.0',
    '"125000"',
    '"1250.00"',
    '"1250,00"',
    '[125000]',
    '{"value":125000}',
    'true',
    '9007199254740993',
  ],
];

async function refusedSum(path: string, body: string): Promise<string> {
  const stored = dumpDatabase(shop.databaseFile);
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  const problem = await refusalOf(await shop.api(path, init), body);
  assert.deepEqual([problem.status, problem.errors?.map((error) => error.path)], [422, ['amount']], body);
  assert.deepEqual(changedRows(stored, dumpDatabase(shop.databaseFile)), [], body);
  return problem.errors![0]!.message;
}

describe('a sum', () => {
  it('is what was written: of a create, nothing but an integer is one', async () => {
    for (const sum of NOT_KOPECKS) {
      const message = await refusedSum('/payments', `{"order_id":"S","amount":${sum}}`);
      assert.match(message, /in kopecks.*e\.g\. 125000 for 1250 roubles/, sum);
    }
  });

  it('is the same of a refund', async () => {
    const { payment_id } = await shop.createPayment();
    await shop.sandbox(payment_id, 'pay');
    for (const sum of NOT_KOPECKS) {
      const message = await refusedSum('/refunds', `{"payment_id":"${payment_id}","amount":${sum}}`);
      assert.match(message, /in kopecks.*e\.g\. 125000 for 1250 roubles/, sum);
    }
  });

  it('is found under an escaped name, and the last of two counts', async () => {
    await refusedSum('/payments', '{"order_id":"S","\\u0061mount":1250.00}');
    await refusedSum('/payments', '{"order_id":"S","amount":125000,"amount":1250.00}');
    await refusedSum('/payments', '{"amount":1250.00,"order_id":"S","metadata":{"amount":125000}}');
  });
});

describe('other numbers', () => {
  it('stay as they are, also those called amount in metadata', async () => {
    const metadata = '{"amount":1250.00,"price":1e2,"items":[{"amount":0.5}]}';
    const response = await shop.api('/payments', {
      method: 'POST',
      body: `{"order_id":"S","amount":125000,"metadata":${metadata}}`,
      headers: { 'content-type': 'application/json' },
    });
    const created = (await response.json()) as { amount: number; metadata: unknown };
    assert.equal(response.status, 201);
    assert.equal(created.amount, 125_000);
    assert.deepEqual(created.metadata, { amount: 1250, price: 100, items: [{ amount: 0.5 }] });
  });
});
