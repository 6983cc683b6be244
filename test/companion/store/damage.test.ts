import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { backUp } from '../../../src/companion/store/backup.ts';
import { openStore, type StoreOptions } from '../../../src/companion/store/store.ts';
import { StoreError } from '../../../src/companion/store/store-error.ts';
import { startCompanion } from '../../support/companion.ts';
import { putFiles, readBooks, takeFiles, type DatabaseFiles } from '../../support/database-files.ts';
import { seededRandom } from '../../support/fuzz-requests.ts';

const SEEDS = Number(process.env['DAMAGE_SEEDS'] ?? 210);
const FIRST_SEED = Number(process.env['DAMAGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const PAGE = 4096;
/** Payments before the last stop. The same number follows after it. */
const PAYMENTS = 12;
const REFUND_EVERY = 6;
/** Amounts whose bytes occur nowhere else by chance. */
const PAID = 123_456_789;
const GIVEN_BACK = 98_765_432;

/** Kinds of damage to the files, each at a place from `random`. */
const DAMAGES: Readonly<Record<string, (files: Images, random: () => number) => DatabaseFiles>> = {
  'a bit of the database': ({ closed }, random) => ({ ...closed, '': flipped(closed['']!, random) }),
  'a bit of the database after a crash': ({ crashed }, random) => ({
    ...crashed,
    '': flipped(crashed['']!, random),
  }),
  'a bit of the log': ({ crashed }, random) => ({ ...crashed, '-wal': flipped(crashed['-wal']!, random) }),
  'the end of the log': ({ crashed }, random) => ({ ...crashed, '-wal': cut(crashed['-wal']!, random) }),
  'the end of the database': ({ closed }, random) => ({ ...closed, '': cut(closed['']!, random) }),
  'the end of the database after a crash': ({ crashed }, random) => ({
    ...crashed,
    '': cut(crashed['']!, random),
  }),
  'a page': ({ closed }, random) => {
    const bytes = Buffer.from(closed['']!);
    const at = PAGE * Math.floor((random() * bytes.length) / PAGE);
    return { ...closed, '': bytes.fill(0, at, at + PAGE) };
  },
};

interface Images {
  /** The files of a stopped companion. */
  readonly closed: DatabaseFiles;
  /** The files of a killed companion: half of the payments are only in the write-ahead log. */
  readonly crashed: DatabaseFiles;
}

function flipped(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  copy[at]! ^= 1 << Math.floor(random() * 8);
  return copy;
}

function cut(bytes: Buffer, random: () => number): Buffer {
  return bytes.subarray(0, Math.floor(random() * bytes.length));
}

let directory: string;
let file: string;
let images: Images;
let books: readonly unknown[];

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbp-damage-'));
  file = join(directory, 'shop.sqlite');
  await trade();
  const crashed = await trade();
  images = { closed: takeFiles(file), crashed };
  books = readBooks(file);
  // At 1,000 pages SQLite copies the log into the database. Then a damaged log would lose less.
  assert.ok(crashed['-wal']!.length < 900 * PAGE, 'the killed companion has all its payments in the log');
});
after(() => rmSync(directory, { recursive: true }));

/** Creates payments, pays some and refunds some. Returns the files from before the stop. */
async function trade(): Promise<DatabaseFiles> {
  const shop = await startCompanion({ SBP_DATABASE_URL: `file:${file}` });
  for (let i = 0; i < PAYMENTS; i++) {
    const { payment_id } = await shop.createPayment({ order_id: `ORD-${i}`, amount: PAID });
    if (i % 2 === 0) assert.equal((await shop.sandbox(payment_id, 'pay')).status, 200);
    if (i % REFUND_EVERY === 0) {
      const refund = await shop.api('/refunds', { json: { payment_id, amount: GIVEN_BACK } });
      assert.equal(refund.status, 201);
    }
  }
  const files = takeFiles(file);
  await shop.stop();
  return files;
}

/**
 * Starts a store on these files. Returns `refused` if it reports damage; otherwise checks that it has all the money.
 */
async function start(
  files: DatabaseFiles,
  where: string,
  options: StoreOptions = {},
): Promise<'refused' | 'whole'> {
  putFiles(file, files);
  let store;
  try {
    store = await openStore(file, options);
  } catch (error) {
    assert.ok(error instanceof StoreError, `${where}: ${String(error)}`);
    assert.match(error.message, /restore a backup/, where);
    return 'refused';
  }
  const found = await store.checked;
  await store.close();
  if (found) {
    assert.match(found.message, /restore a backup/, where);
    return 'refused';
  }
  assert.deepEqual(readBooks(file), books, `${where}: lost without a word`);
  return 'whole';
}

describe('a database that was damaged while nothing ran', () => {
  it(`holds all that was acknowledged or is refused, after ${SEEDS} damages`, async (t) => {
    const seen = new Map<string, { refused: number; whole: number }>();
    const kinds = Object.keys(DAMAGES);
    for (let i = 0; i < SEEDS; i++) {
      const seed = FIRST_SEED + i;
      const kind = kinds[i % kinds.length]!;
      const damage = DAMAGES[kind]!(images, seededRandom(seed));
      const end = await start(damage, `DAMAGE_SEED=${seed}, ${kind}`);
      const count = seen.get(kind) ?? { refused: 0, whole: 0 };
      count[end]++;
      seen.set(kind, count);
    }
    for (const [kind, { refused, whole }] of seen)
      t.diagnostic(`${kind}: ${refused} refused, ${whole} whole`);
    assert.equal(await start(images.closed, 'undamaged'), 'whole');
    assert.equal(await start(images.crashed, 'after a crash'), 'whole');
  });

  it('is found out while it is used, if it is too large to be read before', async () => {
    for (const [i, [kind, damage]] of [...Object.entries(DAMAGES), ...Object.entries(DAMAGES)].entries()) {
      const seed = FIRST_SEED + i;
      const where = `DAMAGE_SEED=${seed}, ${kind}, checked while it is used`;
      // The lock file remembers the damage of the previous round.
      rmSync(`${file}.lock`);
      await start(damage(images, seededRandom(seed)), where, { checkedAtOnceBytes: 0 });
    }
    rmSync(`${file}.lock`);
    assert.equal(await start(images.crashed, 'after a crash', { checkedAtOnceBytes: 0 }), 'whole');
  });

  it('is refused for a sum that has changed, in its table or beside it', async (t) => {
    for (const [sum, times] of [
      [PAID, 2 * PAYMENTS],
      [GIVEN_BACK, 2 * (PAYMENTS / REFUND_EVERY)],
    ] as const) {
      const bytes = images.closed['']!;
      const stored = Buffer.alloc(4);
      stored.writeUInt32BE(sum);
      const ends = { refused: 0, whole: 0 };
      for (let at = bytes.indexOf(stored); at >= 0; at = bytes.indexOf(stored, at + 4)) {
        const changed = Buffer.from(bytes);
        changed[at + 3]! ^= 1;
        ends[await start({ ...images.closed, '': changed }, `a sum at ${at}`)]++;
      }
      t.diagnostic(
        `${sum} changed: ${ends.refused} refused, ${ends.whole} whole (in the sandbox bank's own books)`,
      );
      assert.ok(ends.refused >= 2 * times, 'the sum stands twice for each time');
    }
  });

  it('is refused again at the next start, as it was found', async () => {
    const damages: DatabaseFiles[] = [
      { ...images.crashed, '-wal': images.crashed['-wal']!.subarray(0, 20 * PAGE) },
      { ...images.crashed, '-wal': Buffer.alloc(0) },
      { ...images.crashed, '': Buffer.from(images.crashed['']!).fill(0xa5, 2 * PAGE, 3 * PAGE) },
    ];
    for (const damage of damages) {
      putFiles(file, damage);
      for (let i = 0; i < 2; i++) await assert.rejects(openStore(file), /restore a backup/);
      assert.throws(() => backUp(file, `${file}.copy`), /restore a backup/, 'no copy of what is left');
      await assert.rejects(openStore(file), /restore a backup/, 'nor does that hide it');
      const { '': database, '-wal': log } = takeFiles(file);
      assert.ok(database!.equals(damage['']!) && log!.equals(damage['-wal']!), 'it was written to');
    }
  });
});
