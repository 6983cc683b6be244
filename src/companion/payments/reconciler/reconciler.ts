import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { LastingFailures } from '../../lib/lasting-failures.ts';
import { ProviderError } from '../../providers/provider.ts';
import { PollingLoop } from '../../lib/polling-loop.ts';
import { SetBack } from '../../lib/set-back.ts';
import { POLL_STATUS } from './poll-status.ts';
import { extraTasksOf, BATCH_SIZE, type Job, type Task } from './job.ts';
import { CLOSE_ATTEMPTS } from './close-attempts.ts';
import { CONFIRM_ATTEMPTS } from './confirm-attempts.ts';
import { ProviderConcurrency } from './provider-concurrency.ts';
import { PayerChecks } from './payer-checks.ts';
import type { Payment } from '../model/payment.ts';
import { SEND_PENDING_REFUNDS } from './pending-refunds.ts';
import { RETRY_DEFERRED_WEBHOOKS } from './retry-deferred-webhooks.ts';

/** How often payments are looked at when nothing is due sooner. */
const IDLE_MS = 10_000;
/** How long work is left alone that failed here and not at its provider, and may not have been put off: the disk is full. */
const AFTER_ERROR_MS = 2_000;

const JOBS: readonly Job[] = [
  POLL_STATUS,
  CONFIRM_ATTEMPTS,
  CLOSE_ATTEMPTS,
  SEND_PENDING_REFUNDS,
  RETRY_DEFERRED_WEBHOOKS,
];

/**
 * Looks after payments that nobody is calling about: brings those to their provider that a crash or the network kept
 * from it, asks about open ones (webhooks get lost), expires those whose time is up, confirms and closes attempts, tries
 * webhooks again that came too early and carries pending refunds on. Every step may be repeated, so a crash in the
 * middle costs nothing.
 */
export class Reconciler {
  readonly #ctx: Context;
  readonly #loop: PollingLoop;
  readonly #lanes = new ProviderConcurrency();
  readonly #setBack = new SetBack();
  readonly #failures: LastingFailures;
  readonly #closing = new AbortController();
  readonly #payersQuestions: PayerChecks;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#failures = new LastingFailures(ctx.now);
    this.#payersQuestions = new PayerChecks(ctx, (chore, task) => this.#begin(chore, task));
    this.#loop = new PollingLoop(
      () => this.runRound(),
      (error) => ctx.log.error({ err: error }, 'looking after open payments failed'),
    );
  }

  /** Something may be due sooner than planned: plans anew. */
  wake(): void {
    this.#loop.wake();
  }

  /**
   * The payer is back from the bank, or asks: has the provider asked now, as often as its budget lets. Resolves when it
   * has answered, or is not to be waited for.
   */
  askNow(payment: Payment): Promise<void> {
    return this.#closing.signal.aborted ? Promise.resolve() : this.#payersQuestions.ask(payment);
  }

  /** Resolves when the work under way is over; none will be begun. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop.close();
    await this.idle();
  }

  /** Resolves when the work that was begun is over. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** One round: begins what is due, and waits for none of it. Answers the ms until the next. */
  async runRound(): Promise<number> {
    const ctx = this.#ctx;
    const now = ctx.now();
    await this.#setBack.heed(now, () =>
      ctx.store.write(async (trx) => {
        for (const { bringForward } of JOBS) await bringForward(trx, now);
      }),
    );
    const found = await Promise.all(
      JOBS.map(async ({ name, findDue }) => {
        const tasks = await findDue(ctx, this.#lanes.busy(name));
        for (const task of tasks) void this.#begin(name, task);
        return tasks.length;
      }),
    );
    if (found.includes(BATCH_SIZE)) return 0;
    const next = await Promise.all(JOBS.map(({ name, nextAt }) => nextAt(ctx, this.#lanes.busy(name))));
    return Math.min(IDLE_MS, ...next.map((at) => Math.max(0, (at ?? Infinity) - ctx.now())));
  }

  async #pause(): Promise<void> {
    await sleep(AFTER_ERROR_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  /**
   * A provider's silence mostly ends by itself: the log warns of it once it lasts. A refused question does not: a setting
   * is wrong, such as an address or a scope.
   */
  #tellFailure(chore: string, { key, provider }: Task, error: unknown): void {
    const fields = { id: key, err: error };
    const message = 'could not be carried on yet';
    if (!(error instanceof ProviderError)) {
      this.#ctx.sampledLog.warn(`${chore} failed`, fields, message);
    } else if (error.kind === 'refused') {
      this.#ctx.sampledLog.warn(`${chore} refused by ${provider}`, { ...fields, provider }, message);
    } else if (this.#failures.failed(`${chore} ${key}`)) {
      this.#ctx.sampledLog.warn(
        `${chore} with ${provider}`,
        { ...fields, provider },
        `${message}, for minutes`,
      );
    } else {
      this.#ctx.log.info(fields, message);
    }
  }

  #tellSuccess(chore: string, { key }: Task): void {
    if (this.#failures.succeeded(`${chore} ${key}`)) this.#ctx.log.info({ id: key }, 'carried on again');
  }

  /** What cannot be done yet keeps itself waiting, not the others. */
  #begin(chore: string, task: Task): Promise<void> {
    const { key, provider } = task;
    return this.#lanes.begin(chore, provider, key, async () => {
      try {
        await task.run((beside) => void this.#begin(extraTasksOf(chore), beside));
        this.#tellSuccess(chore, task);
      } catch (error) {
        this.#tellFailure(chore, task, error);
        if (!(error instanceof ProviderError)) await this.#pause();
      }
      // It has left a place, and may be due again.
      this.#ctx.wakeReconciler();
    });
  }
}
