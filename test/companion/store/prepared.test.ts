import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prepared } from '../../../src/companion/store/prepared.ts';
import { openStore, type Store } from '../../../src/companion/store/store.ts';

interface Line {
  readonly key: string;
  readonly bodyHash: string;
  readonly resourceId: string;
  readonly responseJson: string | null;
  readonly createdAt: number;
}

const line: Line = { key: 'k1', bodyHash: 'h', resourceId: 'pay_1', responseJson: null, createdAt: 1 };

describe('a prepared query', () => {
  let directory: string;
  let store: Store;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbp-prepared-'));
    store = await openStore(join(directory, 'test.sqlite'));
  });
  after(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const insert = prepared((db, row: Line) => db.insertInto('idempotencyKeys').values(row));
  const find = prepared((db, { key }: { key: string }) =>
    db.selectFrom('idempotencyKeys').selectAll().where('key', '=', key),
  );

  it('takes the values of each call, whatever their order and what SQL they hold', async () => {
    const hostile = `'; drop table payments; --`;
    await store.write((trx) => insert(trx, line));
    const { key, ...others } = line;
    await store.write((trx) => insert(trx, { ...others, responseJson: hostile, key: 'k2' }));
    assert.deepEqual({ ...(await find(store.read, { key })).rows[0] }, line);
    assert.equal((await find(store.read, { key: 'k2' })).rows[0]?.responseJson, hostile);
  });

  it('drops no value and makes none up', async () => {
    const more = { ...line, key: 'k3', unheard_of: 1 };
    const { resourceId, responseJson, createdAt } = line;
    const less = { key: 'k4', resourceId, responseJson, createdAt };
    const renamed = { ...less, unheard_of: 1 } as unknown as Line;
    await assert.rejects(store.write((trx) => insert(trx, more)));
    await assert.rejects(store.write((trx) => insert(trx, less as Line)));
    await assert.rejects(store.write((trx) => insert(trx, renamed)));
    assert.equal((await find(store.read, { key: 'k3' })).rows.length, 0);
    assert.equal((await find(store.read, { key: 'k4' })).rows.length, 0);
  });
});
