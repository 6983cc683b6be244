import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { OutboundClient } from '../outbound/client.ts';
import type { WallClock } from '../lib/wall-clock.ts';
import type { SampledLog } from '../lib/sampled-log.ts';
import { LastingFailures } from '../lib/lasting-failures.ts';
import { bodyHash } from '../lib/logging.ts';
import { failureReason } from '../outbound/failure-reason.ts';
import { PollingLoop } from '../lib/polling-loop.ts';
import type { DeliveryRow } from '../store/schema.ts';
import type { Store, Writer } from '../store/store.ts';
import { DeliveryConcurrency } from './delivery-concurrency.ts';
import { signWebhook } from '../../webhooks/webhooks.ts';
import { jitteredMs, scheduledMs, WEBHOOK_RETRIES_MS } from '../lib/backoff.ts';

/** The random factor of a delay. */
const JITTER = [0.8, 1.2] as const;
const LONGEST_RETRY_MS = Math.max(...WEBHOOK_RETRIES_MS) * JITTER[1];
const GIVE_UP_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
/** Only the status of a merchant's response is used. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Maximum number of rows of one query. */
const BATCH = 64;
/** The longest time between two rounds, ms. */
const IDLE_MS = 30_000;
/** The delay before a result is stored again after the store failed, ms. */
const STORE_RETRY_MS = 1_000;

/** The result of one delivery attempt. */
interface PostResult {
  /** `null` when there was no response. */
  readonly status: number | null;
  readonly error: string | null;
}

export interface NotifierParts {
  readonly store: Store;
  readonly outbound: OutboundClient;
  readonly config: { readonly webhookSecrets: readonly string[] };
  readonly log: FastifyBaseLogger;
  /** For warnings that strangers can trigger as often as they like. */
  readonly sampledLog: SampledLog;
  /** Unix time in ms. */
  readonly now: () => number;
  readonly clock: WallClock;
}

/**
 * Delivers the signed webhooks of the outbox. The first attempts of one payment's webhooks keep their order. A failed attempt
 * is repeated after growing, jittered delays until a 2xx.
 */
export class Notifier {
  readonly #ctx: NotifierParts;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #concurrency = new DeliveryConcurrency();
  readonly #loop: PollingLoop;
  /** By endpoint. */
  readonly #failures: LastingFailures;
  readonly #closing = new AbortController();
  /** Deliveries whose result is not stored yet. */
  readonly #unsaved = new Set<string>();

  constructor(ctx: NotifierParts) {
    this.#ctx = ctx;
    this.#failures = new LastingFailures(ctx.now);
    this.#loop = new PollingLoop(
      () => this.#sendDue(),
      (error) => ctx.log.error({ err: error }, 'notifier round failed'),
    );
  }

  /** Starts a round: a message was queued. */
  wake(): void {
    this.#loop.wake();
  }

  /** Waits for the running deliveries. The others stay in the outbox for the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop.close();
    await Promise.all(this.#inFlight.values());
  }

  /** Starts the due deliveries. Returns the ms until the next round; each delivery that ends starts another round. */
  async #sendDue(): Promise<number> {
    // A delivery that is sent now might be sent again after a restart: its result cannot be stored.
    if (this.#unsaved.size > 0) return STORE_RETRY_MS;
    const now = this.#ctx.now();
    let started: boolean;
    do {
      started = false;
      for (const row of await this.#findDue(now)) started = this.#startIfRoom(row) || started;
    } while (started);
    const next = await this.#ctx.store.read
      .selectFrom('deliveries')
      .select((eb) => eb.fn.min('nextAttemptAt').as('at'))
      .where('nextAttemptAt', '>', now)
      .executeTakeFirst();
    return next?.at ? Math.min(IDLE_MS, next.at - now) : IDLE_MS;
  }

  /**
   * Returns the first due deliveries; if there are none, those planned further ahead than the longest delay. The clock was
   * set back since then.
   */
  async #findDue(now: number): Promise<DeliveryRow[]> {
    const due = await this.#find('<=', now);
    return due.length > 0 ? due : this.#find('>', now + LONGEST_RETRY_MS);
  }

  #find(comparison: '<=' | '>', time: number): Promise<DeliveryRow[]> {
    const { endpoints, hosts } = this.#concurrency.full();
    return (
      this.#ctx.store.read
        .selectFrom('deliveries as d')
        .selectAll()
        .where('nextAttemptAt', comparison, time)
        .where('deliveryId', 'not in', [...this.#inFlight.keys(), ''])
        .where('host', 'not in', [...hosts, ''])
        .where('endpoint', 'not in', [...endpoints, ''])
        // A delivery waits for the first attempt of each earlier delivery of its payment, but not for success: a shop that
        // fails on `processing` must still get `paid`. The version in each body gives the order.
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('deliveries as older')
                .select('older.seq')
                .whereRef('older.paymentId', '=', 'd.paymentId')
                .whereRef('older.seq', '<', 'd.seq')
                .where('older.nextAttemptAt', 'is not', null)
                .where('older.attempts', '=', 0),
            ),
          ),
        )
        .orderBy('nextAttemptAt')
        .limit(BATCH)
        .execute()
    );
  }

  #startIfRoom(row: DeliveryRow): boolean {
    const release = this.#concurrency.acquire(row);
    if (!release) return false;
    const work = this.#deliver(row, release)
      .catch((error: unknown) =>
        this.#ctx.log.error({ err: error, delivery_id: row.deliveryId }, 'delivery result not stored'),
      )
      .finally(() => {
        this.#inFlight.delete(row.deliveryId);
        this.#unsaved.delete(row.deliveryId);
        this.wake();
      });
    this.#inFlight.set(row.deliveryId, work);
    return true;
  }

  async #deliver(row: DeliveryRow, release: (answered: boolean) => void): Promise<void> {
    const result = await this.#post(row);
    release(result.status !== null);
    const now = this.#ctx.now();
    const delivered = result.status !== null && result.status >= 200 && result.status < 300;
    const next = delivered ? null : nextAttempt(row, now, this.#ctx.clock.isReliable());
    await this.#save(row.deliveryId, (trx) =>
      trx
        .updateTable('deliveries')
        .set({
          attempts: row.attempts + 1,
          nextAttemptAt: next,
          deliveredAt: delivered ? now : null,
          lastStatus: result.status,
          lastError: result.error,
        })
        .where('deliveryId', '=', row.deliveryId)
        // A redelivery was requested meanwhile: it must not be overwritten by this result.
        .where('retryFrom', '=', row.retryFrom)
        .where('attempts', '=', row.attempts)
        .execute(),
    );
    this.#log(row, result, { delivered, gaveUp: next === null });
  }

  /** Warns once of an endpoint that has failed for minutes, however many deliveries wait for it. */
  #log(
    row: DeliveryRow,
    result: PostResult,
    { delivered, gaveUp }: { delivered: boolean; gaveUp: boolean },
  ): void {
    const { log, sampledLog } = this.#ctx;
    const details = {
      delivery_id: row.deliveryId,
      payment_id: row.paymentId,
      event: row.event,
      body_sha256: bodyHash(row.body),
      ...result,
    };
    if (delivered) {
      log.info(details, 'webhook delivered');
      if (this.#failures.succeeded(row.endpoint)) log.info({ host: row.host }, 'webhooks delivered again');
      return;
    }
    const failed = { ...details, gave_up: gaveUp };
    const lasts = this.#failures.failed(row.endpoint);
    if (gaveUp) sampledLog.warn('webhook given up', failed, 'webhook not delivered');
    else if (lasts) log.warn({ ...failed, host: row.host }, 'webhooks not delivered for minutes');
    else log.info(failed, 'webhook not delivered');
  }

  /** Stores a result, and retries until the store takes it: a full disk must not make us send a delivered webhook again. */
  async #save(deliveryId: string, write: (trx: Writer) => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await this.#ctx.store.write(write);
        return;
      } catch (error) {
        this.#unsaved.add(deliveryId);
        this.#ctx.log.error(
          { err: error, delivery_id: deliveryId },
          'delivery result not stored, will retry',
        );
      }
      await sleep(STORE_RETRY_MS, undefined, { signal: this.#closing.signal });
    }
  }

  async #post(row: DeliveryRow): Promise<PostResult> {
    const message = { event: row.event, deliveryId: row.deliveryId, body: row.body };
    try {
      // The client follows no redirects: the signed body goes only to the address that the merchant gave.
      const { status } = await this.#ctx.outbound.call({
        url: row.url,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...signWebhook(message, this.#ctx.config.webhookSecrets[0]!, this.#ctx.now()),
        },
        body: row.body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      });
      return { status, error: null };
    } catch (error) {
      return { status: null, error: failureReason(error) };
    }
  }
}

/** Returns the time of the next attempt, unix ms; `null` to give up. `mayGiveUp` is false while the clock is unreliable. */
function nextAttempt(row: DeliveryRow, now: number, mayGiveUp: boolean): number | null {
  const at = now + jitteredMs(scheduledMs(row.attempts, WEBHOOK_RETRIES_MS), JITTER);
  return mayGiveUp && at - row.retryFrom > GIVE_UP_MS ? null : Math.round(at);
}
