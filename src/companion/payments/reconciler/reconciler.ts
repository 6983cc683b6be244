import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { LastingFailures } from '../../lib/lasting-failures.ts';
import { ProviderError } from '../../providers/provider.ts';
import { Rounds } from '../../lib/polling-loop.ts';
import { SetBack } from '../../lib/set-back.ts';
import { CHECKS } from './poll-status.ts';
import { besideOf, FOUND_AT_ONCE, type Chore, type Task } from './job.ts';
import { CLOSINGS } from './close-attempts.ts';
import { CONFIRMATIONS } from './confirm-attempts.ts';
import { Lanes } from './provider-concurrency.ts';
import { PayersQuestions } from './payer-checks.ts';
import type { Payment } from '../model/payment.ts';
import { PENDING_REFUNDS } from './pending-refunds.ts';
import { FURTHER_TRIES } from './retry-deferred-webhooks.ts';

/** How often payments are looked at when nothing is due sooner. */
const IDLE_MS = 10_000;
/** How long work is left alone that failed here and not at its provider, and may not have been put off: the disk is full. */
const AFTER_ERROR_MS = 2_000;

const CHORES: readonly Chore[] = [CHECKS, CONFIRMATIONS, CLOSINGS, PENDING_REFUNDS, FURTHER_TRIES];

/**
 * Looks after payments that nobody is calling about: brings those to their provider that a crash or the network kept
 * from it, asks about open ones (webhooks get lost), expires those whose time is up, confirms and closes attempts, tries
 * webhooks again that came too early and carries pending refunds on. Every step may be repeated, so a crash in the
 * middle costs nothing.
 */
export class Caretaker {
  readonly #ctx: Context;
  readonly #rounds: Rounds;
  readonly #lanes = new Lanes();
  readonly #setBack = new SetBack();
  readonly #failures: LastingFailures;
  readonly #closing = new AbortController();
  readonly #payersQuestions: PayersQuestions;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#failures = new LastingFailures(ctx.now);
    this.#payersQuestions = new PayersQuestions(ctx, (chore, task) => this.#begin(chore, task));
    this.#rounds = new Rounds(
      () => this.look(),
      (error) => ctx.log.error({ err: error }, 'looking after open payments failed'),
    );
  }

  /** Something may be due sooner than planned: plans anew. */
  wake(): void {
    this.#rounds.wake();
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
    await this.#rounds.close();
    await this.idle();
  }

  /** Resolves when the work that was begun is over. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** One round: begins what is due, and waits for none of it. Answers the ms until the next. */
  async look(): Promise<number> {
    const ctx = this.#ctx;
    const now = ctx.now();
    await this.#setBack.heed(now, () =>
      ctx.store.write(async (trx) => {
        for (const { bringForward } of CHORES) await bringForward(trx, now);
      }),
    );
    const found = await Promise.all(
      CHORES.map(async ({ name, findDue }) => {
        const tasks = await findDue(ctx, this.#lanes.busy(name));
        for (const task of tasks) void this.#begin(name, task);
        return tasks.length;
      }),
    );
    if (found.includes(FOUND_AT_ONCE)) return 0;
    const next = await Promise.all(CHORES.map(({ name, nextAt }) => nextAt(ctx, this.#lanes.busy(name))));
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
    if (this.#failures.worked(`${chore} ${key}`)) this.#ctx.log.info({ id: key }, 'carried on again');
  }

  /** What cannot be done yet keeps itself waiting, not the others. */
  #begin(chore: string, task: Task): Promise<void> {
    const { key, provider } = task;
    return this.#lanes.begin(chore, provider, key, async () => {
      try {
        await task.run((beside) => void this.#begin(besideOf(chore), beside));
        this.#tellSuccess(chore, task);
      } catch (error) {
        this.#tellFailure(chore, task, error);
        if (!(error instanceof ProviderError)) await this.#pause();
      }
      // It has left a place, and may be due again.
      this.#ctx.wakeCaretaker();
    });
  }
}
