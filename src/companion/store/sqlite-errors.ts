import { StoreError } from './store-error.ts';

/** Primary result codes of SQLite (the low 8 bits). */
const CODES = {
  busy: 5,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

export function isBusy(error: unknown): boolean {
  return codeOf(error) === CODES.busy;
}

/** True if SQLite found content in the file that it cannot have written. */
export function isDamage(error: unknown): boolean {
  return codeOf(error) === CODES.corrupt;
}

/** True if the disk, the file or a lock caused the error, and not the written data. */
export function isStorageFault(error: unknown): boolean {
  const code = codeOf(error);
  return Object.values(CODES).some((fault) => fault === code);
}

/** True if SQLite threw the error, and not the code that uses it. */
export function isSqliteError(error: unknown): boolean {
  return codeOf(error) !== null;
}

/** Returns a {@link StoreError} that tells the operator what to do; any other error unchanged. */
export function storeError(file: string, error: unknown): unknown {
  switch (codeOf(error)) {
    case CODES.readonly:
      return new StoreError(`${file} is read-only: the companion must be able to write it and its folder.`, {
        cause: error,
      });
    case CODES.full:
      return new StoreError(`${file} cannot grow: the disk is full. Make room and start again.`, {
        cause: error,
      });
    case CODES.io:
      return new StoreError(
        `${file} cannot be read or written: the disk failed. Its system's log says more.`,
        {
          cause: error,
        },
      );
    case CODES.cantOpen:
      return new StoreError(`${file} cannot be opened: its folder must exist and be writable.`, {
        cause: error,
      });
    case CODES.busy:
      return new StoreError(`${file} is locked by another program: end that program, or wait for it.`, {
        cause: error,
      });
    case CODES.corrupt:
      return damaged(file, error);
    case CODES.notADatabase:
      return new StoreError(`${file} is not a SQLite database, or is damaged: restore a backup.`, {
        cause: error,
      });
    default:
      return error;
  }
}

export function damaged(file: string, cause: unknown): StoreError {
  return new StoreError(`${file} is damaged: restore a backup. Nothing has been changed in it.`, { cause });
}

function codeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null;
}
