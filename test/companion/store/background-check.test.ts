import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { findDamage } from '../../../src/companion/store/soundness.ts';
import { openStore, type Store } from '../../../src/companion/store/store.ts';
import { StoreError } from '../../../src/companion/store/store-error.ts';
import { startCompanion } from '../../support/companion.ts';
import { CompanionProcess } from '../../support/companion-process.ts';

const PAYMENTS = 40;
/** An amount whose bytes occur nowhere else by chance. */
const AMOUNT = 123_456_789;

let directory: string;
let sound: string;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbp-background-'));
  sound = join(directory, 'sound.sqlite');
  const shop = await startCompanion({ SBP_DATABASE_URL: `file:${sound}` });
  for (let i = 0; i < PAYMENTS; i++) await shop.createPayment({ order_id: `ORD-${i}`, amount: AMOUNT });
  await shop.stop();
});
after(() => rmSync(directory, { recursive: true }));

/** Changes an amount in the payments table or in its index, so that the two disagree. */
function changeSum(file: string): void {
  const bytes = readFileSync(file);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(AMOUNT);
  for (let at = bytes.indexOf(sum); at >= 0; at = bytes.indexOf(sum, at + 4)) {
    const changed = Buffer.from(bytes);
    changed[at + 3]! ^= 1;
    writeFileSync(file, changed);
    const database = new DatabaseSync(file, { readOnly: true });
    const damage = findDamage(database);
    database.close();
    // No check compares the sandbox's own table, so a change there is not found: try the next place.
    if (damage !== null) return;
  }
  assert.fail('no sum was found');
}

function damagedCopy(name: string): string {
  const file = join(directory, name);
  copyFileSync(sound, file);
  changeSum(file);
  return file;
}

/** Opens a database as if it were too large to check before the start. */
const openLarge = (file: string): Promise<Store> => openStore(file, { checkedAtOnceBytes: 0 });

const keep = (store: Store) => store.write((trx) => trx.updateTable('payments').set({ checks: 0 }).execute());

describe('a large database', () => {
  it('is taken into use at once, and checked meanwhile', async () => {
    const file = join(directory, 'large.sqlite');
    copyFileSync(sound, file);
    const store = await openLarge(file);
    await keep(store);
    assert.equal(await store.checked, null);
    await keep(store);
    await store.close();
    const small = await openStore(file);
    assert.equal(small.checked, null, 'a small one is checked before');
    await small.close();
  });

  it('takes no more writes once it is found damaged, and is read whole at every start from then on', async () => {
    const file = damagedCopy('damaged.sqlite');
    const store = await openLarge(file);
    const damage = await store.checked!;
    assert.match(damage!.message, /damaged: restore a backup/);
    await assert.rejects(keep(store), (error) => error === damage);
    await store.close();
    for (let i = 0; i < 2; i++) await assert.rejects(openLarge(file), /damaged: restore a backup/);
    copyFileSync(sound, file);
    const restored = await openLarge(file);
    assert.equal(restored.checked, null, 'read whole, and trusted again');
    await restored.close();
    const next = await openLarge(file);
    assert.notEqual(next.checked, null);
    await next.close();
  });

  it('is refused at once when it is cut off, wherever that is', async () => {
    const file = join(directory, 'cut.sqlite');
    const bytes = readFileSync(sound);
    for (const part of [0.1, 0.5, 0.9, 0.999]) {
      for (const length of [
        Math.floor(bytes.length * part),
        4096 * Math.floor((bytes.length * part) / 4096),
      ]) {
        writeFileSync(file, bytes.subarray(0, length));
        await assert.rejects(openLarge(file), (error) => error instanceof StoreError, `${length} bytes`);
      }
    }
  });

  it('ends its check with the store', async () => {
    const file = join(directory, 'closed.sqlite');
    copyFileSync(sound, file);
    const store = await openLarge(file);
    let settled = false;
    void store.checked!.finally(() => (settled = true));
    await store.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(settled, false);
  });
});

describe('a companion whose large database is damaged', () => {
  it('says so, refuses and ends, and the next start says so at once', async () => {
    const companion = await CompanionProcess.start();
    await companion.client.createPayment({ amount: AMOUNT });
    await companion.terminate();
    companion.changeData((db) => {
      const insert = db.prepare('INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?)');
      for (let i = 0; i < 40; i++) insert.run(`k${i}`, '', '', 'x'.repeat(2 ** 20), Date.now());
    });
    changeSum(companion.databaseFile);
    // The check may find the damage before the companion serves its first response.
    await companion.start().catch(() => undefined);
    await companion.ended();
    assert.match(companion.output, /"level":60.*damaged: restore a backup/);
    assert.match(companion.output, /checking the database while serving/);
    await assert.rejects(companion.start(), /did not start/);
    assert.match(companion.output, /checking the database before the start/);
    await companion.stop();
  });
});
