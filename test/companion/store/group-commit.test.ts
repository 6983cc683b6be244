import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { openStore, type Store } from '../../../src/companion/store/store.ts';

/** Returns a store that is full after it has grown by some pages, as on a full disk. */
async function fullStore(t: TestContext): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-full-'));
  const store = await openStore(join(directory, 'test.sqlite'));
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  await store.write(async (trx) => {
    const { rows } = await sql<{ pageCount: number }>`pragma page_count`.execute(trx);
    await sql`pragma max_page_count = ${sql.lit(rows[0]!.pageCount + 4)}`.execute(trx);
  });
  return store;
}

const keep = (store: Store, key: string, bytes: number) =>
  store.write((trx) =>
    trx
      .insertInto('idempotencyKeys')
      .values({ key, bodyHash: '', resourceId: '', responseJson: 'x'.repeat(bytes), createdAt: 0 })
      .execute(),
  );

async function keysOf(store: Store): Promise<string[]> {
  const rows = await store.read.selectFrom('idempotencyKeys').select('key').orderBy('key').execute();
  return rows.map(({ key }) => key);
}

describe('writers that share a commit', () => {
  it('are all told what the disk said, not what undoing it met, and go on once there is room', async (t) => {
    const store = await fullStore(t);
    const results = await Promise.allSettled([
      keep(store, 'small', 10),
      keep(store, 'large', 100_000),
      keep(store, 'next', 10),
    ]);
    const said = results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'kept'));
    assert.deepEqual(said, Array<string>(3).fill('Error: database or disk is full'));
    assert.deepEqual(await keysOf(store), []);
    await store.write((trx) => sql`pragma max_page_count = 1000000`.execute(trx));
    await keep(store, 'large', 100_000);
    assert.deepEqual(await keysOf(store), ['large']);
  });

  it('fail alone when it is their own work that fails', async (t) => {
    const store = await fullStore(t);
    const refusal = new Error('no such payment');
    const results = await Promise.allSettled([
      keep(store, 'one', 10),
      store.write(() => Promise.reject(refusal)),
      keep(store, 'two', 10),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((results[1] as PromiseRejectedResult).reason, refusal);
    assert.deepEqual(await keysOf(store), ['one', 'two']);
  });

  it('are told why the commit failed, and nothing of them stays', async (t) => {
    const store = await fullStore(t);
    // SQLite checks this only at the commit: each of these writes succeeds alone.
    const orphan = store.write(async (trx) => {
      await sql`pragma defer_foreign_keys = on`.execute(trx);
      await sql`insert into attempts (reference, payment_id, created_at)
        values ('r', 'nobody', 0)`.execute(trx);
    });
    const results = await Promise.allSettled([keep(store, 'one', 10), orphan]);
    for (const result of results) {
      assert.match(String((result as PromiseRejectedResult).reason), /FOREIGN KEY constraint failed/);
    }
    assert.deepEqual(await keysOf(store), []);
    await keep(store, 'two', 10);
    assert.deepEqual(await keysOf(store), ['two']);
  });
});
