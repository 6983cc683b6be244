import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { AttemptRow } from '../../store/schema.ts';

/** How many due rows of a job one round reads. */
export const BATCH_SIZE = 50;

/** Returns the name under which the extra tasks of a job have concurrency limits of their own. */
export function extraTasksOf(job: string): string {
  return `extra tasks of ${job}`;
}

/** One due row of a job. */
export interface Task {
  /** The id of the row: for the log, and so that the task does not run twice at once. */
  readonly key: string;
  /** The provider that the task calls; `null` when it calls none. */
  readonly provider: ProviderName | null;
  /**
   * Runs the task. Rejects when the task must be retried. The task stores the time of its next try before it calls the
   * provider, so a row never stays due. `startExtra` starts another task at once, or drops it at a busy provider.
   */
  readonly run: (startExtra: (task: Task) => void) => Promise<unknown>;
}

/** The rows and providers that a job must leave out: tasks that run now, and providers at their concurrency limit. */
export interface Busy {
  readonly keys: readonly string[];
  readonly providers: readonly ProviderName[];
}

/** One kind of background work. */
export interface Job {
  readonly name: string;
  /** Returns the due tasks, the oldest first, in batches of {@link BATCH_SIZE}. */
  readonly findDue: (ctx: Context, busy: Busy) => Promise<Task[]>;
  /** Returns the earliest due time (unix ms); nothing when no row is planned. */
  readonly nextAt: (ctx: Context, busy: Busy) => Promise<number | null | undefined>;
}

/**
 * Returns the due rows: those whose time has come, and those further ahead than the job's longest delay. The clock has
 * been set back since the latter were planned.
 */
export async function findDueRows<Row>(
  now: number,
  longestDelayMs: number,
  find: (comparison: '<=' | '>', time: number) => Promise<Row[]>,
): Promise<Row[]> {
  const due = await find('<=', now);
  return due.length < BATCH_SIZE ? [...due, ...(await find('>', now + longestDelayMs))] : due;
}

interface AttemptJobOptions {
  readonly name: string;
  /** The condition of the partial index, as SQL text: SQLite does not match a bound value with the index. */
  readonly waiting: "close_state <> 'none'" | "confirm_state = 'waiting'";
  /** The column of the due time (unix ms); `null` in the column means at once. */
  readonly at: 'nextCloseAt' | 'nextConfirmAt';
  /** The longest delay that the job ever plans, ms. */
  readonly longestDelayMs: number;
  readonly run: (ctx: Context, attempt: AttemptRow) => Promise<unknown>;
}

/** Returns a job whose rows are attempts. */
export function attemptJob({ name, waiting, at, longestDelayMs, run }: AttemptJobOptions): Job {
  const planned = ({ store }: Context, { keys, providers }: Busy) =>
    store.read
      .selectFrom('attempts')
      .where(sql<boolean>`${sql.raw(waiting)}`)
      .where('reference', 'not in', keys)
      .where('provider', 'not in', providers);
  return {
    name,
    async findDue(ctx, busy) {
      const rows = await findDueRows(ctx.now(), longestDelayMs, (comparison, time) =>
        planned(ctx, busy)
          .selectAll()
          .where((eb) => {
            const due = eb(at, comparison, time);
            return comparison === '<=' ? eb.or([eb(at, 'is', null), due]) : due;
          })
          .orderBy(at)
          .limit(BATCH_SIZE)
          .execute(),
      );
      return rows.map((attempt) => ({
        key: attempt.reference,
        provider: attempt.provider,
        run: () => run(ctx, attempt),
      }));
    },
    async nextAt(ctx, busy) {
      const next = await planned(ctx, busy)
        .select(`${at} as at`)
        .where(at, 'is not', null)
        .orderBy(at)
        .limit(1)
        .executeTakeFirst();
      return next?.at;
    },
  };
}
