import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { NodeSqlite } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { isBusy, isSqliteError } from './sqlite-errors.ts';
import { StoreBusyError } from './store-busy.ts';
import { backoffMs, type Backoff } from '../lib/backoff.ts';

/** How long a writer waits for the write lock that another program holds, ms. */
const LOCK_WAIT_MS = 10_000;
/** Between two tries to take it, doubled each time; what holds it for longer than a moment holds it for long. */
const LOCK_RETRY: Backoff = { firstMs: 2, longestMs: 50 };

/** Bounds how long one commit can hold up those that wait for it. */
const MAX_GROUP = 256;

export interface GroupOptions {
  /** The most writers that share a commit; 256 unless told. */
  readonly maxGroup?: number;
  /** For how long writers wait while another program holds the write lock, ms. Defaults to 10,000. */
  readonly lockWaitMs?: number;
}

interface Job {
  /** Monotonic, ms. */
  readonly since: number;
  run(trx: Transaction<Schema>): Promise<void>;
  settle(commitError: unknown): void;
}

/**
 * Writers that arrive together share one commit, and so one wait for the disk. Each runs in a savepoint: one that
 * throws is undone alone. Nobody is answered before the commit.
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

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Requests that are already in the socket's buffer join this group.
      await new Promise(setImmediate);
      if (await this.#lock()) await this.#commit(this.#waiting.splice(0, this.#maxGroup));
    }
    this.#draining = null;
  }

  /** Takes the write lock. Those who have waited for it too long are told so; `false` when nobody is left. */
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

  /** Longest waiting first. */
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
        // On a full disk SQLite has rolled back by itself: that there is nothing left to undo is not what went wrong.
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

/** Undoes one job. When even that fails the whole group is lost, to what the disk said first. */
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
