import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { LastingFailures } from '../../lib/lasting-failures.ts';
import { ProviderError } from '../../providers/provider.ts';
import { PollingLoop } from '../../lib/polling-loop.ts';
import { POLL_STATUS } from './poll-status.ts';
import { extraTasksOf, BATCH_SIZE, type Job, type Task } from './job.ts';
import { CLOSE_ATTEMPTS } from './close-attempts.ts';
import { CONFIRM_ATTEMPTS } from './confirm-attempts.ts';
import { ProviderConcurrency } from './provider-concurrency.ts';
import { PayerChecks } from './payer-checks.ts';
import { planChecksNow } from '../model/next-check.ts';
import type { Payment } from '../model/payment.ts';
import { SEND_PENDING_REFUNDS } from './pending-refunds.ts';
import { RETRY_DEFERRED_WEBHOOKS } from './retry-deferred-webhooks.ts';

/** The longest time between two rounds, ms. */
const IDLE_MS = 10_000;
/** How long a task keeps its slot after an error of ours, such as a full disk. The task may not have planned its retry. */
const AFTER_ERROR_MS = 2_000;

const JOBS: readonly Job[] = [
  POLL_STATUS,
  CONFIRM_ATTEMPTS,
  CLOSE_ATTEMPTS,
  SEND_PENDING_REFUNDS,
  RETRY_DEFERRED_WEBHOOKS,
];

/**
 * Runs the background jobs of payments: registers payments with their provider after a crash or a network error, polls the
 * status of open payments (webhooks get lost), expires payments, confirms and closes attempts, retries deferred webhooks
 * and sends pending refunds. Every step may be repeated, so a crash in the middle costs nothing.
 */
export class Reconciler {
  readonly #ctx: Context;
  readonly #loop: PollingLoop;
  readonly #concurrency = new ProviderConcurrency();
  readonly #failures: LastingFailures;
  readonly #closing = new AbortController();
  readonly #payerChecks: PayerChecks;
  /** The time of the last round. Before the first, Infinity: the clock may have been set back while nothing ran. */
  #lastRoundAt = Infinity;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#failures = new LastingFailures(ctx.now);
    this.#payerChecks = new PayerChecks(ctx, (job, task) => this.#begin(job, task));
    this.#loop = new PollingLoop(
      () => this.runRound(),
      (error) => ctx.log.error({ err: error }, 'reconciler round failed'),
    );
  }

  /** Starts a round: a task may be due sooner than planned. */
  wake(): void {
    this.#loop.wake();
  }

  /**
   * Polls the status of this payment now, because its payer has returned from the bank or asks. Resolves when the provider
   * has answered, or when it makes no sense to wait.
   */
  askNow(payment: Payment): Promise<void> {
    return this.#closing.signal.aborted ? Promise.resolve() : this.#payerChecks.ask(payment);
  }

  /** Stops the rounds. Resolves when the running tasks have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop.close();
    await this.idle();
  }

  /** Resolves when no task runs. */
  idle(): Promise<void> {
    return this.#concurrency.idle();
  }

  /** Starts the due tasks and waits for none of them. Returns the ms until the next round. */
  async runRound(): Promise<number> {
    const ctx = this.#ctx;
    const now = ctx.now();
    if (now < this.#lastRoundAt) await ctx.store.write((trx) => planChecksNow(trx, now));
    this.#lastRoundAt = now;
    const found = await Promise.all(
      JOBS.map(async ({ name, findDue }) => {
        const tasks = await findDue(ctx, this.#concurrency.busy(name));
        for (const task of tasks) void this.#begin(name, task);
        return tasks.length;
      }),
    );
    if (found.some((count) => count >= BATCH_SIZE)) return 0;
    const next = await Promise.all(JOBS.map(({ name, nextAt }) => nextAt(ctx, this.#concurrency.busy(name))));
    return Math.min(IDLE_MS, ...next.map((at) => Math.max(0, (at ?? Infinity) - ctx.now())));
  }

  async #pause(): Promise<void> {
    await sleep(AFTER_ERROR_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  /**
   * A provider that does not answer is logged as a warning after minutes: most outages end sooner. A refusal is logged as
   * a warning at once: a setting is wrong, such as an address or a scope.
   */
  #logFailure(job: string, { key, provider }: Task, error: unknown): void {
    const fields = { job, id: key, err: error };
    const message = 'job failed, will retry';
    if (!(error instanceof ProviderError)) {
      this.#ctx.sampledLog.warn(`${job} failed`, fields, message);
    } else if (error.kind === 'refused') {
      this.#ctx.sampledLog.warn(`${job} refused by ${provider}`, { ...fields, provider }, message);
    } else if (this.#failures.failed(`${job} ${key}`)) {
      this.#ctx.sampledLog.warn(
        `${job} with ${provider}`,
        { ...fields, provider },
        'job has failed for minutes, will retry',
      );
    } else {
      this.#ctx.log.info(fields, message);
    }
  }

  #logSuccess(job: string, { key }: Task): void {
    if (this.#failures.succeeded(`${job} ${key}`)) this.#ctx.log.info({ job, id: key }, 'job works again');
  }

  /** Never rejects. */
  #begin(job: string, task: Task): Promise<void> {
    const { key, provider } = task;
    return this.#concurrency.begin(job, provider, key, async () => {
      try {
        await task.run((extra) => void this.#begin(extraTasksOf(job), extra));
        this.#logSuccess(job, task);
      } catch (error) {
        this.#logFailure(job, task, error);
        if (!(error instanceof ProviderError)) await this.#pause();
      }
      // A slot is free: look for more due tasks.
      this.#ctx.wakeReconciler();
    });
  }
}
