import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { damaged, isDamage, storeError } from './sqlite-errors.ts';

/** Every page size that SQLite has is a multiple of it. */
const PAGE_STEP_BYTES = 512;

/** How much of a database is read before anybody relies on it. */
export type Depth =
  /** Every page, every row, and that each index says what its table says: some 40 ms a MB. */
  | 'whole'
  /** That nothing is cut off and the schema can be read, whatever the size. */
  | 'ends';

/** Reads the database and proves that it can be written. Throws a StoreError otherwise. */
export function checkSoundness(file: string, depth: Depth): void {
  // SQLite fills up a last page that is cut with zeros and does not notice; with a log it may be about to mend it.
  if (sizeOf(`${file}-wal`) === 0 && sizeOf(file) % PAGE_STEP_BYTES !== 0) {
    throw damaged(file, 'its last page is cut');
  }
  try {
    // Without the right to write, closing leaves it and its log as they were found. Where a first start was cut off
    // half-way there is a journal to play back, which takes that right.
    const readOnly = existsSync(file) && !existsSync(`${file}-journal`);
    using(new DatabaseSync(file, { readOnly, timeout: 5000 }), (database) => {
      if (depth === 'whole') verify(database, file);
      // SQLite compares the size that the header tells with the file's.
      else database.prepare('SELECT sql FROM sqlite_schema').all();
    });
    using(new DatabaseSync(file, { timeout: 5000 }), proveWritable);
  } catch (error) {
    throw storeError(file, error);
  }
}

/** Reads all of it. Throws a StoreError when it is damaged. */
export function verify(database: DatabaseSync, file: string): void {
  const damage = findDamage(database);
  if (damage !== null) throw damaged(file, new Error(damage));
}

/**
 * Reads every page, row and index. Returns the damage; `null` for a sound database. By quick_check alone a payment could be in
 * its table and yet not be found by its id.
 */
export function findDamage(database: DatabaseSync): string | null {
  try {
    const findings = database
      .prepare('PRAGMA integrity_check(1)')
      .all()
      .flatMap((row) => Object.values(row));
    return findings[0] === 'ok' ? null : findings.join();
  } catch (error) {
    if (isDamage(error)) return (error as Error).message;
    throw error;
  }
}

/** Writes the header as it is: a read-only file says so now, not at the first payment. */
function proveWritable(database: DatabaseSync): void {
  const version = Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0]);
  database.exec(`PRAGMA user_version = ${version}`);
}

export function using(database: DatabaseSync, work: (database: DatabaseSync) => void): void {
  try {
    work(database);
  } finally {
    database.close();
  }
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
