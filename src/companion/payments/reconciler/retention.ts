import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { PollingLoop } from '../../lib/polling-loop.ts';
import type { Writer } from '../../store/store.ts';
import { addEvent } from '../model/events.ts';
import { toPayment, type Payment } from '../model/payment.ts';

const DAY_MS = 24 * 3_600_000;
/** The longest time between two rounds, ms. */
const IDLE_MS = 3_600_000;
/** The maximum number of rows erased in one commit. Other commits wait for it. */
const AT_ONCE = 100;

/** Spelled as in the condition of the partial index: SQLite matches only the same text. */
const NO_BYTES = sql<Uint8Array>`x''`;

/** Called for each erased payment: its token opens nothing from now on. */
type OnErased = (paymentId: string) => void;

/**
 * Erases the personal data of payments that have not changed for the configured time: the shop's data about the payer, free
 * texts, raw webhook bodies, and responses stored for idempotency keys. Ids, amounts, statuses and times stay. Payments that
 * may still be paid and webhooks that are still to be delivered stay unchanged.
 */
export class Retention {
  readonly #ctx: Context;
  readonly #onErased: OnErased;
  readonly #keptMs: number;
  readonly #loop: PollingLoop;

  constructor(ctx: Context, onErased: OnErased) {
    this.#ctx = ctx;
    this.#onErased = onErased;
    this.#keptMs = ctx.config.retentionDays * DAY_MS;
    this.#loop = new PollingLoop(
      () => this.runRound(),
      (error) => ctx.log.error({ err: error }, 'erasing personal data failed'),
    );
  }

  /** Starts the rounds. With 0 days nothing is ever erased. */
  start(): void {
    if (this.#keptMs > 0) this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  /** Erases one batch. Returns the ms until the next round. */
  async runRound(): Promise<number> {
    const unreliableMs = this.#ctx.clock.reliableInMs();
    if (unreliableMs > 0) return Math.min(IDLE_MS, unreliableMs);
    const now = this.#ctx.now();
    const before = now - this.#keptMs;
    const { erased, others } = await this.#ctx.store.write(async (trx) => ({
      erased: await erasePayments(trx, before, now),
      others: await eraseBodies(trx, before),
    }));
    for (const id of erased) this.#onErased(id);
    if (erased.length + others > 0) {
      this.#ctx.log.info({ payments: erased.length, others }, 'personal data erased');
      return 0;
    }
    const next = await this.#ctx.store.read
      .selectFrom('payments')
      .select(({ fn }) => fn.min('updatedAt').as('at'))
      .where('erasedAt', 'is', null)
      .where('updatedAt', '>', before)
      .executeTakeFirst();
    return Math.min(IDLE_MS, this.#keptMs, (next?.at ?? Infinity) + this.#keptMs - now);
  }
}

async function erasePayments(trx: Writer, before: number, now: number): Promise<string[]> {
  const rows = await trx
    .updateTable('payments')
    .set({
      description: null,
      returnUrl: null,
      receiptUrl: null,
      chargePayload: null,
      customerJson: '{}',
      metadataJson: '{}',
      erasedAt: now,
    })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('payments')
        .select('id')
        .where('erasedAt', 'is', null)
        .where('updatedAt', '<=', before)
        // The payer of a payment that has not expired may still see the code.
        .where((eb) => eb.or([eb('status', '!=', 'created'), eb('expiresAt', '<=', before)]))
        // A person still has to look at a payment with an open attention.
        .where('id', 'not in', (eb) =>
          eb.selectFrom('attention').select('paymentId').where('resolvedAt', 'is', null),
        )
        .limit(AT_ONCE),
    )
    .returningAll()
    .execute();
  for (const row of rows) await eraseWhatHangsOn(trx, toPayment(row), now);
  return rows.map(({ id }) => id);
}

async function eraseWhatHangsOn(trx: Writer, payment: Payment, now: number): Promise<void> {
  await trx
    .updateTable('refunds')
    .set({ reason: null, failureReason: null })
    .where('paymentId', '=', payment.id)
    .execute();
  await trx.updateTable('attention').set({ note: null }).where('paymentId', '=', payment.id).execute();
  await trx
    .updateTable('sandboxPayments')
    .set({ description: null, returnUrl: null })
    .where('reference', 'in', (eb) =>
      eb.selectFrom('attempts').select('reference').where('paymentId', '=', payment.id),
    )
    .execute();
  await addEvent(trx, payment, payment, { event: 'payment.erased', source: 'clock' }, null, now);
}

/**
 * Erases webhook bodies and idempotency responses by their own age: some belong to no payment, and a payment that goes on
 * does not need them.
 */
async function eraseBodies(trx: Writer, before: number): Promise<number> {
  const received = await trx
    .updateTable('providerDeliveries')
    .set({ body: NO_BYTES, reportJson: null, nextTryAt: null })
    .where(sql<number>`rowid`, 'in', (eb) =>
      eb
        .selectFrom('providerDeliveries')
        .select(sql<number>`rowid`.as('rowid'))
        .where('receivedAt', '<=', before)
        .where('body', '<>', NO_BYTES)
        .limit(AT_ONCE),
    )
    .executeTakeFirst();
  const sent = await trx
    .updateTable('deliveries')
    .set({ body: '' })
    .where('seq', 'in', (eb) =>
      eb
        .selectFrom('deliveries')
        .select('seq')
        .where('createdAt', '<=', before)
        .where('body', '<>', sql.lit(''))
        .where('nextAttemptAt', 'is', null)
        .limit(AT_ONCE),
    )
    .executeTakeFirst();
  const answers = await trx
    .deleteFrom('idempotencyKeys')
    .where('key', 'in', (eb) =>
      eb.selectFrom('idempotencyKeys').select('key').where('createdAt', '<=', before).limit(AT_ONCE),
    )
    .executeTakeFirst();
  return Number(received.numUpdatedRows + sent.numUpdatedRows + answers.numDeletedRows);
}
