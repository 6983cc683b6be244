import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { BATCH_SIZE, type Busy, type Job } from './job.ts';

export interface AttemptJob {
  readonly name: string;
  /** Which attempts have work, as the index of them says it: spelled out and not bound, or SQLite does not see that they agree. */
  readonly waiting: "close_state <> 'none'" | "confirm_state = 'waiting'";
  /** The column that says when (unix ms); `null` in it: at once. */
  readonly at: 'next_close_at' | 'next_confirm_at';
  /** The furthest ahead that anything is ever planned, ms. */
  readonly longestPauseMs: number;
  readonly run: (ctx: Context, attempt: AttemptRow) => Promise<unknown>;
}

/** A chore whose rows are attempts. */
export function attemptJob({ name, waiting, at, longestPauseMs, run }: AttemptJob): Job {
  const isWaiting = sql<boolean>`${sql.raw(waiting)}`;
  const planned = ({ store }: Context, { keys, providers }: Busy) =>
    store.read
      .selectFrom('attempts')
      .where(isWaiting)
      .where('reference', 'not in', keys)
      .where('provider', 'not in', providers);
  return {
    name,
    async findDue(ctx, busy) {
      const rows = await planned(ctx, busy)
        .selectAll()
        .where((eb) => eb.or([eb(at, 'is', null), eb(at, '<=', ctx.now())]))
        .orderBy(at)
        .limit(BATCH_SIZE)
        .execute();
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
    async bringForward(trx, now) {
      await trx
        .updateTable('attempts')
        .set({ [at]: now })
        .where(isWaiting)
        .where(at, '>', now + longestPauseMs)
        .execute();
    },
  };
}
