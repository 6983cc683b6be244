import type { FastifyBaseLogger } from 'fastify';
import { isStorageFault } from '../../store/sqlite-errors.ts';
import { StoreBusyError } from '../../store/store-busy.ts';
import { StoreError } from '../../store/store-error.ts';
import type { Store, Writer } from '../../store/store.ts';

/** A log line that waits for its transaction. */
interface Line {
  readonly level: 'info' | 'warn';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** The lines of the write that runs in each transaction now. Grouped writes run in one transaction, one after another. */
const waiting = new WeakMap<Writer, Line[]>();

/** Logs a line after the commit of the caller's write. Logs nothing if that write is rolled back. */
export function logAfterCommit(trx: Writer, line: Line): void {
  waiting.get(trx)?.push(line);
}

/**
 * Returns the store with logged writes: see {@link logAfterCommit}. `onFault` is called for each write that was not committed
 * because of the disk, the file or a lock on the file.
 */
export function withHistoryLog(store: Store, log: FastifyBaseLogger, onFault: () => void): Store {
  return {
    read: store.read,
    migrated: store.migrated,
    checked: store.checked,
    async write(work) {
      const lines: Line[] = [];
      const writing = store.write((trx) => {
        waiting.set(trx, lines);
        return work(trx);
      });
      const result = await writing.catch((error: unknown) => {
        const isFault =
          error instanceof StoreError || error instanceof StoreBusyError || isStorageFault(error);
        if (isFault) onFault();
        throw error;
      });
      for (const { level, fields, message } of lines) log[level](fields, message);
      return result;
    },
    close: () => store.close(),
  };
}
