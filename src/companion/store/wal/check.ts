import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { withLog } from './file.ts';
import { readLogIndex, type LogIndex } from './shared-index.ts';
import { damaged } from '../sqlite-errors.ts';
import { StoreError } from '../store-error.ts';

/**
 * Throws a {@link StoreError} when a commit is missing from the log. SQLite reads the log after a crash up to the first
 * wrong byte and ignores the rest without an error: damage looks like a write that was cut off. The index of the log tells
 * them apart. Call this before SQLite opens the database, because opening rebuilds the index. Another process may be
 * writing at the same time.
 */
export function checkLog(file: string): void {
  const log = `${file}-wal`;
  if (sizeOf(log) > 0 && !expectsLog(file)) {
    throw new StoreError(
      `${log} belongs to another database than ${file}, such as the one that was restored over: ` +
        `remove it, and ${file}-shm.`,
    );
  }
  let index = readLogIndex(`${file}-shm`);
  while (index && !isWhole(log, index)) {
    const later = readLogIndex(`${file}-shm`);
    if (isDeepStrictEqual(later, index)) throw damaged(log, 'what was acknowledged is missing from the log');
    // Another process changed the log between the two reads.
    index = later;
  }
}

function isWhole(log: string, index: LogIndex): boolean {
  return withLog(log, (found) => {
    if (!found) return index.frames <= index.copied;
    // After a power loss the index may describe an earlier log, whose frames are all in the database.
    return index.salt === found.salt
      ? found.holds(index.frames)
      : index.frames === 0 || !isLater(index, found);
  });
}

/** Compares salts of logs: 32-bit counters that start at a random number. */
function isLater(one: { salt: number }, other: { salt: number }): boolean {
  return ((one.salt - other.salt) | 0) > 0;
}

/** True if the database's header expects a log. The header of a copy made by `backup` does not, until it is opened. */
function expectsLog(file: string): boolean {
  if (sizeOf(file) < 20) return true;
  const descriptor = openSync(file, 'r');
  try {
    const versions = Buffer.alloc(2);
    readSync(descriptor, versions, 0, 2, 18);
    return versions[1] !== 1;
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
