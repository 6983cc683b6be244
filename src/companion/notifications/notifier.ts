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
/** A merchant's answer says all it has to say in its status. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Rows read at once. */
const BATCH = 64;
/** How often the outbox is read when nothing is due sooner. */
const IDLE_MS = 30_000;
/** Until a result is offered again to a store that did not take it. */
const KEEP_AGAIN_MS = 1_000;

/** What came of one attempt. */
interface PostResult {
  /** `null`: no answer. */
  readonly status: number | null;
  readonly error: string | null;
}

export interface NotifierParts {
  readonly store: Store;
  readonly outbound: OutboundClient;
  readonly config: { readonly webhookSecrets: readonly string[] };
  readonly log: FastifyBaseLogger;
  /** For warnings that strangers can cause at will. */
  readonly sampledLog: SampledLog;
  /** Unix time in ms. */
  readonly now: () => number;
  readonly clock: WallClock;
}

/** Delivers the outbox: signed, first attempts in order within a payment, retried with growing, jittered delays until a 2xx. */
export class Notifier {
  readonly #ctx: NotifierParts;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #places = new DeliveryConcurrency();
  readonly #loop: PollingLoop;
  /** By endpoint. */
  readonly #failures: LastingFailures;
  readonly #closing = new AbortController();
  /** Deliveries whose result the store has not taken. */
  readonly #unkept = new Set<string>();

  constructor(ctx: NotifierParts) {
    this.#ctx = ctx;
    this.#failures = new LastingFailures(ctx.now);
    this.#loop = new PollingLoop(
      () => this.#sendDue(),
      (error) => ctx.log.error({ err: error }, 'reading the outbox failed'),
    );
  }

  /** Something was queued: looks now. */
  wake(): void {
    this.#loop.wake();
  }

  /** Lets the deliveries under way finish; the rest stays in the outbox for the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop.close();
    await Promise.all(this.#inFlight.values());
  }

  /** One round; answers the ms until the next. A delivery that ends makes another round, so none waits for a place. */
  async #sendDue(): Promise<number> {
    // What is sent now could not be known to have been sent.
    if (this.#unkept.size > 0) return KEEP_AGAIN_MS;
    const now = this.#ctx.now();
    let started: boolean;
    do {
      started = false;
      for (const row of await this.#findDue(now)) started = this.#startIfRoom(row) || started;
    } while (started);
    const next = await this.#ctx.store.read
      .selectFrom('deliveries')
      .select((eb) => eb.fn.min('next_attempt_at').as('at'))
      .where('next_attempt_at', '>', now)
      .executeTakeFirst();
    return next?.at ? Math.min(IDLE_MS, next.at - now) : IDLE_MS;
  }

  /** The first deliveries whose time has come, or lies further ahead than the longest delay: the clock was set back. */
  async #findDue(now: number): Promise<DeliveryRow[]> {
    const due = await this.#find('<=', now);
    return due.length > 0 ? due : this.#find('>', now + LONGEST_RETRY_MS);
  }

  #find(comparison: '<=' | '>', time: number): Promise<DeliveryRow[]> {
    const { endpoints, hosts } = this.#places.full();
    return (
      this.#ctx.store.read
        .selectFrom('deliveries as d')
        .selectAll()
        .where('next_attempt_at', comparison, time)
        .where('delivery_id', 'not in', [...this.#inFlight.keys(), ''])
        .where('host', 'not in', [...hosts, ''])
        .where('endpoint', 'not in', [...endpoints, ''])
        // Within a payment the next one waits for the first attempt at the one before. Not for its success: a shop
        // that chokes on `processing` must still hear of `paid`. Bodies carry the version for those who care.
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('deliveries as older')
                .select('older.seq')
                .whereRef('older.payment_id', '=', 'd.payment_id')
                .whereRef('older.seq', '<', 'd.seq')
                .where('older.next_attempt_at', 'is not', null)
                .where('older.attempts', '=', 0),
            ),
          ),
        )
        .orderBy('next_attempt_at')
        .limit(BATCH)
        .execute()
    );
  }

  #startIfRoom(row: DeliveryRow): boolean {
    const giveBack = this.#places.acquire(row);
    if (!giveBack) return false;
    const work = this.#deliver(row, giveBack)
      .catch((error: unknown) =>
        this.#ctx.log.error({ err: error, delivery_id: row.delivery_id }, 'delivery not recorded'),
      )
      .finally(() => {
        this.#inFlight.delete(row.delivery_id);
        this.#unkept.delete(row.delivery_id);
        this.wake();
      });
    this.#inFlight.set(row.delivery_id, work);
    return true;
  }

  async #deliver(row: DeliveryRow, giveBack: (answered: boolean) => void): Promise<void> {
    const result = await this.#post(row);
    giveBack(result.status !== null);
    const now = this.#ctx.now();
    const delivered = result.status !== null && result.status >= 200 && result.status < 300;
    const next = delivered ? null : nextAttempt(row, now, this.#ctx.clock.isReliable());
    await this.#keep(row.delivery_id, (trx) =>
      trx
        .updateTable('deliveries')
        .set({
          attempts: row.attempts + 1,
          next_attempt_at: next,
          delivered_at: delivered ? now : null,
          last_status: result.status,
          last_error: result.error,
        })
        .where('delivery_id', '=', row.delivery_id)
        // Asked for once more meanwhile: that request stands, whatever came of this attempt.
        .where('retry_from', '=', row.retry_from)
        .where('attempts', '=', row.attempts)
        .execute(),
    );
    this.#tell(row, result, { delivered, gaveUp: next === null });
  }

  /** A server that is away is warned of once it lasts, however many deliveries wait for it; one in vain mends itself. */
  #tell(
    row: DeliveryRow,
    result: PostResult,
    { delivered, gaveUp }: { delivered: boolean; gaveUp: boolean },
  ): void {
    const { log, sampledLog } = this.#ctx;
    const details = {
      delivery_id: row.delivery_id,
      payment_id: row.payment_id,
      event: row.event,
      body_sha256: bodyHash(row.body),
      ...result,
    };
    if (delivered) {
      log.info(details, 'webhook delivered');
      if (this.#failures.succeeded(row.endpoint)) log.info({ host: row.host }, 'webhooks are taken again');
      return;
    }
    const failed = { ...details, gave_up: gaveUp };
    const lasts = this.#failures.failed(row.endpoint);
    if (gaveUp) sampledLog.warn('webhook given up', failed, 'webhook not delivered');
    else if (lasts) log.warn({ ...failed, host: row.host }, 'webhooks not delivered for minutes');
    else log.info(failed, 'webhook not delivered');
  }

  /** A full disk is no reason to tell a merchant again and again what it has taken: the result waits for the store. */
  async #keep(deliveryId: string, write: (trx: Writer) => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await this.#ctx.store.write(write);
        return;
      } catch (error) {
        this.#unkept.add(deliveryId);
        this.#ctx.log.error({ err: error, delivery_id: deliveryId }, 'a result could not be kept yet');
      }
      await sleep(KEEP_AGAIN_MS, undefined, { signal: this.#closing.signal });
    }
  }

  async #post(row: DeliveryRow): Promise<PostResult> {
    const message = { event: row.event, deliveryId: row.delivery_id, body: row.body };
    try {
      // Follows no redirects: the signed body goes where the merchant said, or nowhere.
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

/** `mayGiveUp`: not while the clock cannot be relied upon. */
function nextAttempt(row: DeliveryRow, now: number, mayGiveUp: boolean): number | null {
  const at = now + jitteredMs(scheduledMs(row.attempts, WEBHOOK_RETRIES_MS), JITTER);
  return mayGiveUp && at - row.retry_from > GIVE_UP_MS ? null : Math.round(at);
}
