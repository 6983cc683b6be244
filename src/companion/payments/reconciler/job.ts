import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Writer } from '../../store/store.ts';

/** How many pieces of one chore are looked for in one round. */
export const BATCH_SIZE = 50;

/** The name under which what is done beside a chore has lanes of its own. */
export function extraTasksOf(chore: string): string {
  return `beside ${chore}`;
}

/** One piece of work that is due. */
export interface Task {
  /** Of the row it is about, for the log and so that it is not begun twice. */
  readonly key: string;
  /** Who is asked; `null` for nobody. */
  readonly provider: ProviderName | null;
  /**
   * Does it, or rejects when it cannot be done yet. Before it asks anybody it writes down when it is to be tried next: a
   * row never stays due. What is done beside it goes to `beside`: it is begun at once or, at a busy provider, not now.
   */
  readonly run: (beside: (task: Task) => void) => Promise<unknown>;
}

/** What is not to be looked for: rows whose work is under way, and providers that have all the work they may. */
export interface Busy {
  readonly keys: readonly string[];
  readonly providers: readonly ProviderName[];
}

/** Work of one kind that nobody calls for. */
export interface Job {
  readonly name: string;
  /** At most {@link BATCH_SIZE} that are due, the oldest first. */
  readonly findDue: (ctx: Context, busy: Busy) => Promise<Task[]>;
  /** When the next one is due (unix ms); nothing when none is planned. */
  readonly nextAt: (ctx: Context, busy: Busy) => Promise<number | null | undefined>;
  /** Makes due what is planned further ahead than anything ever is: by a clock that has been set back since. */
  readonly bringForward: (trx: Writer, now: number) => Promise<void>;
}
