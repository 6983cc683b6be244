import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareFile, type FileMode } from '../lib/file-mode.ts';
import { checkLog } from './wal/check.ts';
import { using, verify } from './soundness.ts';
import { storeError } from './sqlite-errors.ts';
import { StoreError } from './store-error.ts';

/**
 * Copies a consistent snapshot of the database to `target`, also while a companion is running, checks the copy and syncs it to
 * disk. Never overwrites an existing file. A failure leaves no file.
 *
 * Uses `VACUUM INTO`, because SQLite's backup API restarts whenever another process writes, so that the backup of a busy shop
 * might never end. Older supported Node versions also lack that API.
 */
export function backUp(source: string, target: string, mode: FileMode = 'private'): void {
  if (!existsSync(source)) throw new StoreError(`There is no database at ${source}.`);
  if (existsSync(target)) throw alreadyThere(target);
  checkLog(source);
  const part = `${target}.${process.pid}.part`;
  try {
    // Set the file mode before the file has content.
    prepareFile(part, mode);
    copy(source, part);
    // A link fails if the target has appeared meanwhile; a rename would overwrite it.
    linkSync(part, target);
    flush(dirname(target));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? alreadyThere(target) : error;
  } finally {
    rmSync(part, { force: true });
  }
}

function copy(source: string, part: string): void {
  try {
    using(new DatabaseSync(source, { readOnly: true, timeout: 5000 }), (database) =>
      database.prepare('VACUUM INTO ?').run(part),
    );
  } catch (error) {
    throw storeError(source, error);
  }
  using(new DatabaseSync(part, { readOnly: true }), (database) => verify(database, part));
  flush(part);
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function alreadyThere(target: string): StoreError {
  return new StoreError(`${target} exists already: a backup never overwrites anything.`);
}
