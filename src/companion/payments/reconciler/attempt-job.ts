import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { FOUND_AT_ONCE, type Busy, type Chore } from './job.ts';

export interface AttemptChore {
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
export function attemptChore({ name, waiting, at, longestPauseMs, run }: AttemptChore): Chore {
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
        .limit(FOUND_AT_ONCE)
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
