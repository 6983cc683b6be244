import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { damaged, storeError } from './sqlite-errors.ts';

/** Every page size that SQLite has is a multiple of it. */
const PAGE_STEP_BYTES = 512;

/**
 * Reads the whole database once and proves that it can be written, before anybody relies on it. Throws a
 * StoreError otherwise. Takes about two seconds a gigabyte.
 */
export function checkSoundness(file: string): void {
  // SQLite fills up a last page that is cut with zeros and does not notice; with a log it may be about to mend it.
  if (sizeOf(`${file}-wal`) === 0 && sizeOf(file) % PAGE_STEP_BYTES !== 0) {
    throw damaged(file, 'its last page is cut');
  }
  try {
    // Without the right to write, closing leaves it and its log as they were found. Where a first start was cut off
    // half-way there is a journal to play back, which takes that right.
    const readOnly = existsSync(file) && !existsSync(`${file}-journal`);
    using(new DatabaseSync(file, { readOnly, timeout: 5000 }), (database) => verify(database, file));
    using(new DatabaseSync(file, { timeout: 5000 }), proveWritable);
  } catch (error) {
    throw storeError(file, error);
  }
}

/**
 * Every page, every row, and that each index says what its table says. By quick_check alone a payment could be in its
 * table and yet not be found by its id.
 */
export function verify(database: DatabaseSync, file: string): void {
  const findings = database
    .prepare('PRAGMA integrity_check(1)')
    .all()
    .flatMap((row) => Object.values(row));
  if (findings[0] !== 'ok') throw damaged(file, findings);
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

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
