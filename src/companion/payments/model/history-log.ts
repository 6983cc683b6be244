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

/** Lines of the write that each transaction is running now: grouped writes share one transaction, one after another. */
const waiting = new WeakMap<Writer, Line[]>();

/** Logs a line once the caller's write is committed, and never if that write is undone. */
export function logAfterCommit(trx: Writer, line: Line): void {
  waiting.get(trx)?.push(line);
}

/**
 * The same store, whose committed writes are logged: see {@link logAfterCommit}. `onFault` hears of those that the disk,
 * the file or a lock on it has kept from being committed.
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
