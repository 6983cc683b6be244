import type { Context } from '../context.ts';
import { Rounds } from '../rounds.ts';
import type { DeliveryRow } from '../store/schema.ts';
import { signWebhook } from './webhooks.ts';

/** Delay before each further attempt, ms; the last one repeats until {@link GIVE_UP_MS}. */
const RETRY_MS = [5_000, 20_000, 60_000, 300_000, 900_000, 3_600_000];
const GIVE_UP_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
/** A merchant's answer says all it has to say in its status. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_IN_FLIGHT = 64;
/** How often the outbox is read when nothing is due sooner. */
const IDLE_MS = 30_000;

/** Delivers the outbox: signed, in order within a payment, retried with growing, jittered delays until a 2xx. */
export class Notifier {
  readonly #ctx: Context;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #rounds: Rounds;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#rounds = new Rounds(
      () => this.#sendDue(),
      (error) => ctx.log.error({ err: error }, 'reading the outbox failed'),
    );
  }

  /** Something was queued: looks now. */
  wake(): void {
    this.#rounds.wake();
  }

  /** Lets the deliveries under way finish; the rest stays in the outbox for the next start. */
  async close(): Promise<void> {
    await this.#rounds.close();
    await Promise.all(this.#inFlight.values());
  }

  /** One round; answers the ms until the next. */
  async #sendDue(): Promise<number> {
    const now = this.#ctx.now();
    const waiting = await this.#ctx.store.read
      .selectFrom('deliveries as d')
      .selectAll()
      .where('next_attempt_at', 'is not', null)
      // Within a payment the next one waits for the first attempt at the one before. Not for its success: a shop that
      // chokes on `processing` must still hear of `paid`. Bodies carry the version for those who care.
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
      .limit(MAX_IN_FLIGHT * 2)
      .execute();
    const idle = waiting.filter((row) => !this.#inFlight.has(row.delivery_id));
    for (const row of idle) {
      if (row.next_attempt_at! > now || this.#inFlight.size >= MAX_IN_FLIGHT) break;
      this.#start(row);
    }
    const next = idle.find((row) => row.next_attempt_at! > now);
    return next ? Math.min(IDLE_MS, next.next_attempt_at! - now) : IDLE_MS;
  }

  #start(row: DeliveryRow): void {
    const work = this.#deliver(row)
      .catch((error: unknown) =>
        this.#ctx.log.error({ err: error, delivery_id: row.delivery_id }, 'delivery not recorded'),
      )
      .finally(() => {
        this.#inFlight.delete(row.delivery_id);
        this.wake();
      });
    this.#inFlight.set(row.delivery_id, work);
  }

  async #deliver(row: DeliveryRow): Promise<void> {
    const result = await this.#post(row);
    const now = this.#ctx.now();
    const delivered = result.status !== null && result.status >= 200 && result.status < 300;
    const next = delivered ? null : nextAttempt(row, now);
    await this.#ctx.store.write((trx) =>
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
        .execute(),
    );
    const details = { delivery_id: row.delivery_id, payment_id: row.payment_id, event: row.event, ...result };
    if (delivered) this.#ctx.log.info(details, 'webhook delivered');
    else this.#ctx.log.warn({ ...details, gave_up: next === null }, 'webhook not delivered');
  }

  async #post(row: DeliveryRow): Promise<{ status: number | null; error: string | null }> {
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
      return { status: null, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

function nextAttempt(row: DeliveryRow, now: number): number | null {
  const delay = RETRY_MS[Math.min(row.attempts, RETRY_MS.length - 1)]!;
  const at = now + delay * (0.8 + 0.4 * Math.random());
  return at - row.retry_from > GIVE_UP_MS ? null : Math.round(at);
}
