import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { withLog } from './file.ts';
import { readLogIndex, type LogIndex } from './shared-index.ts';
import { damaged } from '../sqlite-errors.ts';
import { StoreError } from '../store-error.ts';

/**
 * What was committed last stands in the log beside the database until it is copied there. After a crash SQLite takes
 * the log up to the first byte that is not right and drops the rest without a word: it cannot tell damage from a
 * write that was cut off. We can, by what the index of the log remembers. Throws a {@link StoreError} when something
 * committed is missing. To be called before SQLite opens the database, which makes the index anew; others may be at work.
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
    // Somebody is at work on it: it was looked at half before a change and half after.
    index = later;
  }
}

function isWhole(log: string, index: LogIndex): boolean {
  return withLog(log, (found) => {
    if (!found) return index.frames <= index.copied;
    // After a loss of power the index may be from an earlier life, all of which is in the database.
    return index.life === found.life
      ? found.holds(index.frames)
      : index.frames === 0 || !isLater(index, found);
  });
}

/** Lives are counted in 32 bits, from a random number on. */
function isLater(one: { life: number }, other: { life: number }): boolean {
  return ((one.life - other.life) | 0) > 0;
}

/** Whether its header says that a log belongs to it: a copy made by `backup` says no, until it is opened. */
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
