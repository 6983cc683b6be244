import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { NodeSqlite } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { isBusy, isSqliteError } from './sqlite-errors.ts';
import { StoreBusyError } from './store-busy.ts';
import { backoffMs, type Backoff } from '../lib/backoff.ts';

/** How long a writer waits for the write lock that another program holds, ms. */
const LOCK_WAIT_MS = 10_000;
/** First pause between two attempts to take the lock, ms. It doubles each time. */
const LOCK_RETRY: Backoff = { firstMs: 2, longestMs: 50 };

/** Limits how long one commit can delay the writers that wait for it. */
const MAX_GROUP = 256;

export interface GroupOptions {
  /** Maximum number of writers that share a commit. Defaults to 256. */
  readonly maxGroup?: number;
  /** Maximum time that a writer waits while another program holds the write lock, ms. Defaults to 10,000. */
  readonly lockWaitMs?: number;
}

interface Job {
  /** Monotonic, ms. */
  readonly since: number;
  run(trx: Transaction<Schema>): Promise<void>;
  settle(commitError: unknown): void;
}

/**
 * Groups concurrent writers into one commit, and so into one wait for the disk. Each runs in a savepoint, so a writer that
 * throws is rolled back alone. No writer is settled before the commit.
 */
export class GroupCommit {
  readonly #db: Kysely<Schema>;
  readonly #database: NodeSqlite;
  readonly #maxGroup: number;
  readonly #lockWaitMs: number;
  #waiting: Job[] = [];
  #draining: Promise<void> | null = null;

  /** `database` is the connection under `db`. */
  constructor(
    db: Kysely<Schema>,
    database: NodeSqlite,
    { maxGroup = MAX_GROUP, lockWaitMs = LOCK_WAIT_MS }: GroupOptions = {},
  ) {
    this.#db = db;
    this.#database = database;
    this.#maxGroup = maxGroup;
    this.#lockWaitMs = lockWaitMs;
  }

  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    const database = this.#database;
    return new Promise<T>((resolve, reject) => {
      let outcome: { value: T } | { error: unknown } | null = null;
      this.#waiting.push({
        since: performance.now(),
        async run(trx) {
          database.run('savepoint job');
          try {
            outcome = { value: await work(trx) };
            database.run('release job');
          } catch (error) {
            outcome = { error };
            undo(database, error);
          }
        },
        settle(commitError) {
          if (commitError !== null || !outcome) reject(asError(commitError));
          else if ('error' in outcome) reject(asError(outcome.error));
          else resolve(outcome.value);
        },
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when no writer is waiting. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let requests that are already in the socket's buffer join this group.
      await new Promise(setImmediate);
      if (await this.#lock()) await this.#commit(this.#waiting.splice(0, this.#maxGroup));
    }
    this.#draining = null;
  }

  /** Takes the write lock. Rejects writers that have waited too long. Returns false when no writer is left. */
  async #lock(): Promise<boolean> {
    for (let tries = 0; this.#waiting.length > 0; tries++) {
      try {
        this.#database.lock();
        return true;
      } catch (error) {
        if (!isBusy(error)) this.#giveUp(this.#waiting.splice(0, this.#maxGroup), error);
        else this.#giveUp(this.#takeOverdue(), new StoreBusyError(this.#lockWaitMs, error));
      }
      await sleep(backoffMs(tries, LOCK_RETRY));
    }
    return false;
  }

  #giveUp(jobs: readonly Job[], error: unknown): void {
    for (const job of jobs) job.settle(error);
  }

  /** Removes and returns the writers that have waited too long, oldest first. */
  #takeOverdue(): Job[] {
    const before = performance.now() - this.#lockWaitMs;
    const fresh = this.#waiting.findIndex(({ since }) => since > before);
    return this.#waiting.splice(0, fresh === -1 ? this.#waiting.length : fresh);
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    let commitError: unknown = null;
    try {
      const trx = await this.#db.startTransaction().execute();
      try {
        for (const job of jobs) await job.run(trx);
        await trx.commit().execute();
      } catch (error) {
        // On a full disk SQLite has already rolled back. Ignore that error and keep the first one.
        await trx
          .rollback()
          .execute()
          .catch(() => undefined);
        throw error;
      }
    } catch (error) {
      commitError = error;
    }
    for (const job of jobs) job.settle(commitError);
  }
}

/** Rolls one job back. If that fails too, the whole group fails with the first storage error. */
function undo(database: NodeSqlite, error: unknown): void {
  try {
    database.run('rollback to job');
    database.run('release job');
  } catch (undoError) {
    throw isSqliteError(error) ? error : undoError;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the write was not committed', { cause: error });
}
