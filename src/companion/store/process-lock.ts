import { existsSync, realpathSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { prepareFile, type FileMode } from '../lib/file-mode.ts';
import { isMountPoint } from './mount-point.ts';
import { isBusy, storeError } from './sqlite-errors.ts';
import { StoreError } from './store-error.ts';

/** Value of `user_version` in the lock file after the tables of the database were created. */
const MADE = 1;
/** Value of `user_version` in the lock file after a check has found damage in the database. */
const SUSPECT = 2;

/**
 * Makes sure that only one process uses a database. It holds an operating system lock on a file beside the database, which
 * ends with the process: a crash leaves nothing to clean up.
 */
export class Ownership {
  /** True if an earlier process found the database damaged. */
  readonly suspect: boolean;
  readonly #lock: DatabaseSync;

  private constructor(lock: DatabaseSync, suspect: boolean) {
    this.#lock = lock;
    this.suspect = suspect;
  }

  /** Throws a {@link StoreError} when another process uses the database, or when the database has lost its content. */
  static take(name: string, mode: FileMode = 'private'): Ownership {
    // Resolve links: under another name the database would have another lock, and two owners.
    const file = existsSync(name) ? realpathSync(name) : name;
    refuseSecondName(file);
    let lock: DatabaseSync | null = null;
    try {
      prepareFile(`${file}.lock`, mode);
      lock = new DatabaseSync(`${file}.lock`, { timeout: 0 });
      lock.exec('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE');
    } catch (error) {
      lock?.close();
      if (!isBusy(error)) throw storeError(`${file}.lock`, error);
      throw new StoreError(
        `${file} is in use by another sbp-checkout process: one process owns a database. Stop that one first.`,
      );
    }
    const kept = Object.values(lock.prepare('PRAGMA user_version').get() ?? {})[0];
    const made = kept === MADE || kept === SUSPECT;
    // SQLite treats an empty or missing file as a new database, but this database had tables.
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (made && (size ?? 0) === 0) {
      lock.close();
      const loss = size === 0 ? 'has been emptied' : 'is gone';
      throw new StoreError(`${file} ${loss}: restore a backup. (To begin anew, delete it and ${file}.lock.)`);
    }
    try {
      // SQLite creates the log with the file mode of the database.
      prepareFile(file, mode);
    } catch (error) {
      lock.close();
      throw error;
    }
    return new Ownership(lock, kept === SUSPECT);
  }

  /** Records that the tables are on disk: from now on an empty file means data loss. */
  made(): void {
    this.#keep(MADE);
  }

  /** Records damage: the next start checks the whole database before using it. */
  distrust(): void {
    this.#keep(SUSPECT);
  }

  release(): void {
    this.#lock.close();
  }

  #keep(state: number): void {
    this.#lock.exec(`PRAGMA user_version = ${state}; COMMIT; BEGIN EXCLUSIVE`);
  }
}

/**
 * Throws for a hard link or a file that is mounted by itself. Such a file has no single real name: under each name the
 * database would have a separate log and lock.
 */
function refuseSecondName(file: string): void {
  if (isMountPoint(file)) {
    throw new StoreError(
      `${file} is mounted as a single file: its log and its lock, which lie beside it, stay behind, and another ` +
        `process could open it under its other name. Mount its folder instead.`,
    );
  }
  const links = statSync(file, { throwIfNoEntry: false })?.nlink ?? 1;
  if (links <= 1) return;
  throw new StoreError(
    `${file} has ${links} names (hard links), and could be opened under each by another process: ` +
      `remove the others, or make it a copy of its own.`,
  );
}
