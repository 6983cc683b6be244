import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareFile, type FileMode } from '../lib/file-mode.ts';
import { checkLog } from './wal/check.ts';
import { using, verify } from './soundness.ts';
import { storeError } from './sqlite-errors.ts';
import { StoreError } from './store-error.ts';

/**
 * Copies the database as it is at one moment into `target`, also while a companion serves from it, checks the copy
 * and puts it on the disk. An existing file is never overwritten; a failure leaves no file.
 *
 * By `VACUUM INTO` and not by SQLite's backup API: that one starts again whenever another process writes, so a busy
 * shop's backup might never end, and older Node versions that we support do not have it.
 */
export function backUp(source: string, target: string, mode: FileMode = 'private'): void {
  if (!existsSync(source)) throw new StoreError(`There is no database at ${source}.`);
  if (existsSync(target)) throw alreadyThere(target);
  checkLog(source);
  const part = `${target}.${process.pid}.part`;
  try {
    // Made before there is anything in it to read.
    prepareFile(part, mode);
    copy(source, part);
    // A link fails where a rename would overwrite what has appeared meanwhile.
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
