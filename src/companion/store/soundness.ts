import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { damaged, storeError } from './sqlite-errors.ts';

/** Every page size that SQLite has is a multiple of it. */
const PAGE_STEP_BYTES = 512;

/**
 * Reads the whole database once and proves that it can be written, before anybody relies on it. Throws a
 * StoreError otherwise. Takes about a second a gigabyte.
 */
export function checkSoundness(file: string): void {
  // SQLite fills up a last page that is cut with zeros and does not notice; with a log it may be about to mend it.
  if (sizeOf(`${file}-wal`) === 0 && sizeOf(file) % PAGE_STEP_BYTES !== 0) {
    throw damaged(file, 'its last page is cut');
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: 5000 });
    verify(database, file, 'quick_check');
    // Writes the header as it is: a read-only file says so now, not at the first payment.
    const version = Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0]);
    database.exec(`PRAGMA user_version = ${version}`);
  } catch (error) {
    throw storeError(file, error);
  } finally {
    database?.close();
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** `integrity_check` also compares indexes with their tables, and takes longer. */
export function verify(database: DatabaseSync, file: string, check: 'quick_check' | 'integrity_check'): void {
  const findings = database
    .prepare(`PRAGMA ${check}(1)`)
    .all()
    .flatMap((row) => Object.values(row));
  if (findings[0] !== 'ok') throw damaged(file, findings);
}
