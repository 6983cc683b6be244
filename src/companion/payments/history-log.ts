import type { FastifyBaseLogger } from 'fastify';
import type { Store, Writer } from '../store/store.ts';

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

/** The same store, whose committed writes are logged: see {@link logAfterCommit}. */
export function withHistoryLog(store: Store, log: FastifyBaseLogger): Store {
  return {
    read: store.read,
    migrated: store.migrated,
    checked: store.checked,
    async write(work) {
      const lines: Line[] = [];
      const result = await store.write((trx) => {
        waiting.set(trx, lines);
        return work(trx);
      });
      for (const { level, fields, message } of lines) log[level](fields, message);
      return result;
    },
    close: () => store.close(),
  };
}
