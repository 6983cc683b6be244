import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { damaged, isDamage, storeError } from './sqlite-errors.ts';

/** Every SQLite page size is a multiple of this. */
const PAGE_STEP_BYTES = 512;

/** How much of a database is checked before it is used. */
export type Depth =
  /** Every page and row, and each index against its table: about 40 ms per MB. */
  | 'whole'
  /** Only the file's length and the schema, independent of its size. */
  | 'ends';

/** Throws a StoreError when the database is damaged or cannot be written. */
export function checkSoundness(file: string, depth: Depth): void {
  // SQLite silently pads a truncated last page with zeros. With a log present, recovery may still complete the page.
  if (sizeOf(`${file}-wal`) === 0 && sizeOf(file) % PAGE_STEP_BYTES !== 0) {
    throw damaged(file, 'its last page is cut');
  }
  try {
    // A read-only connection leaves the database and its log unchanged on close. After an interrupted first start there is
    // a journal to roll back, which needs write access.
    const readOnly = existsSync(file) && !existsSync(`${file}-journal`);
    using(new DatabaseSync(file, { readOnly, timeout: 5000 }), (database) => {
      if (depth === 'whole') verify(database, file);
      // Reading the schema makes SQLite compare the size in the header with the file's.
      else database.prepare('SELECT sql FROM sqlite_schema').all();
    });
    using(new DatabaseSync(file, { timeout: 5000 }), proveWritable);
  } catch (error) {
    throw storeError(file, error);
  }
}

/** Throws a StoreError when any part of the database is damaged. */
export function verify(database: DatabaseSync, file: string): void {
  const damage = findDamage(database);
  if (damage !== null) throw damaged(file, new Error(damage));
}

/**
 * Checks every page, row and index. Returns a description of the damage; `null` for a sound database. quick_check would not
 * notice a payment that is missing from an index.
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

/** Rewrites the header unchanged, so that a read-only file fails at start and not at the first payment. */
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
