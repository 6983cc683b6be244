import { randomInt } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { sql } from 'kysely';
import { request } from 'undici';
import { transition, type PaymentStatus } from '../../../protocol/status.ts';
import { signWebhook } from '../../../webhooks/webhooks.ts';
import { PollingLoop } from '../../lib/polling-loop.ts';
import type { SandboxPaymentRow } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';
import type { WallClock } from '../../lib/wall-clock.ts';

const SLOW_PAYMENT_MS = 4_000;
const WEBHOOK_TIMEOUT_MS = 5_000;
/** Between two tries to deliver webhooks that were not accepted. */
const RESEND_MS = 1_000;
const IDLE_MS = 60_000;
const QR_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export interface Bill {
  readonly reference: string;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly orderId: string;
  readonly description: string | null;
  readonly merchantName: string;
  readonly returnUrl: string | null;
  /** Unix time, ms. */
  readonly expiresAt: number;
}

interface Options {
  readonly store: Store;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
  /** Says whether bills may expire by the clock. */
  readonly clock: Pick<WallClock, 'isReliable'>;
  readonly webhookSecret: string;
  /**
   * Returns the address of the companion's webhook. Called for each report, because the port may be known only later.
   */
  readonly webhookUrl: () => string;
}

/**
 * The sandbox's bank. Like a real bank, it keeps its own records and sends signed webhooks over HTTP until they are
 * accepted, also across a restart. The companion reaches it only through the sandbox provider.
 */
export class SandboxBank {
  readonly #store: Store;
  readonly #log: FastifyBaseLogger;
  readonly #now: () => number;
  readonly #options: Options;
  readonly #loop: PollingLoop;

  constructor(options: Options) {
    this.#store = options.store;
    this.#log = options.log;
    this.#now = options.now;
    this.#options = options;
    this.#loop = new PollingLoop(
      () => this.#runRound(),
      (error) => this.#log.error({ err: error }, 'sandbox bank job failed, will retry'),
    );
  }

  /** Resumes what a restart interrupted. */
  start(): void {
    this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  /** Opens a bill, or returns the existing bill of this reference. */
  async open(bill: Bill): Promise<SandboxPaymentRow> {
    return this.#store.write(async (trx) => {
      await trx
        .insertInto('sandboxPayments')
        .values({
          reference: bill.reference,
          qrId: newQrId(),
          amount: bill.amount,
          currency: bill.currency,
          orderId: bill.orderId,
          description: bill.description,
          merchantName: bill.merchantName,
          status: 'created',
          notifiedStatus: 'created',
          paysAt: null,
          returnUrl: bill.returnUrl,
          expiresAt: bill.expiresAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return trx
        .selectFrom('sandboxPayments')
        .selectAll()
        .where('reference', '=', bill.reference)
        .executeTakeFirstOrThrow();
    });
  }

  findByReference(reference: string): Promise<SandboxPaymentRow | null> {
    return this.#find('reference', reference);
  }

  /**
   * Returns the newest bill of a payment; a renewed payment has several: `pay_…`, `pay_…-2` and so on. `null` when
   * there is none.
   */
  async findNewest(paymentId: string): Promise<SandboxPaymentRow | null> {
    const row = await this.#store.read
      .selectFrom('sandboxPayments')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb('reference', '=', paymentId),
          // All references that start with the id and a hyphen, as a range of the index: "." is the character after
          // "-".
          eb.and([eb('reference', '>', `${paymentId}-`), eb('reference', '<', `${paymentId}.`)]),
        ]),
      )
      .orderBy(sql`rowid`, 'desc')
      .executeTakeFirst();
    return row ? this.#withExpiry(row) : null;
  }

  findByQr(qrId: string): Promise<SandboxPaymentRow | null> {
    return this.#find('qrId', qrId);
  }

  /**
   * Sets the bill's status if the transition is allowed, and reports it. `reported` is true if the companion accepted
   * the report. Returns `null` for an unknown bill.
   */
  async setStatus(
    reference: string,
    to: PaymentStatus,
  ): Promise<{ status: PaymentStatus; reported: boolean } | null> {
    const moved = await this.#change(reference, to);
    if (!moved) return null;
    const reported = moved.status === moved.notifiedStatus || (await this.#report(moved));
    if (!reported) this.#loop.wake();
    return { status: moved.status, reported };
  }

  /** The payer confirms and the bank is slow: `processing` now, `paid` after {@link SLOW_PAYMENT_MS}. */
  async paySlowly(reference: string): Promise<void> {
    await this.setStatus(reference, 'processing');
    await this.#store.write((trx) =>
      trx
        .updateTable('sandboxPayments')
        .set({ paysAt: this.#now() + SLOW_PAYMENT_MS })
        .where('reference', '=', reference)
        .where('status', '=', 'processing')
        .execute(),
    );
    this.#loop.wake();
  }

  async #find(column: 'reference' | 'qrId', value: string): Promise<SandboxPaymentRow | null> {
    const row = await this.#store.read
      .selectFrom('sandboxPayments')
      .selectAll()
      .where(column, '=', value)
      .executeTakeFirst();
    return row ? this.#withExpiry(row) : null;
  }

  /** Shows a bill past its time as expired. No timer is needed, because it is computed on reading. */
  #withExpiry(row: SandboxPaymentRow): SandboxPaymentRow {
    const isOver = row.status === 'created' && row.expiresAt <= this.#now();
    return isOver && this.#options.clock.isReliable() ? { ...row, status: 'expired' } : row;
  }

  async #change(reference: string, to: PaymentStatus): Promise<SandboxPaymentRow | null> {
    return this.#store.write(async (trx) => {
      const row = await trx
        .selectFrom('sandboxPayments')
        .selectAll()
        .where('reference', '=', reference)
        .executeTakeFirst();
      if (!row) return null;
      const next = transition(row.status, to);
      // A real bank also keeps "expired" when an expired code is canceled.
      if (!next.changed || (row.status === 'expired' && to === 'canceled')) return row;
      return trx
        .updateTable('sandboxPayments')
        .set({ status: next.status, paysAt: null })
        .where('reference', '=', reference)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  /** One round: slow payments that are due, and reports that were not accepted. Returns the ms until the next round. */
  async #runRound(): Promise<number> {
    const slow = await this.#store.read
      .selectFrom('sandboxPayments')
      .selectAll()
      .where('paysAt', 'is not', null)
      .orderBy('paysAt')
      .execute();
    for (const row of slow) {
      if (row.paysAt! <= this.#now()) await this.#change(row.reference, 'paid');
    }
    const unreported = await this.#store.read
      .selectFrom('sandboxPayments')
      .selectAll()
      .whereRef('status', '!=', 'notifiedStatus')
      .limit(100)
      .execute();
    const reported = await Promise.all(unreported.map((row) => this.#report(row)));
    if (reported.includes(false)) return RESEND_MS;
    const next = slow.find((row) => row.paysAt! > this.#now());
    return next ? next.paysAt! - this.#now() : IDLE_MS;
  }

  async #report(row: SandboxPaymentRow): Promise<boolean> {
    const event = `payment.${row.status}`;
    // A repeat after a restart has the same id, so that it is recognised.
    const deliveryId = `${row.reference}-${row.status}`;
    const body = JSON.stringify({
      event,
      payment_id: row.reference,
      order_id: row.orderId,
      amount: row.amount,
      currency: row.currency,
      status: row.status,
      ...(row.status === 'paid' ? { paid_at: new Date(this.#now()).toISOString() } : {}),
    });
    try {
      const response = await request(this.#options.webhookUrl(), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...signWebhook({ event, deliveryId, body }, this.#options.webhookSecret, this.#now()),
        },
        body,
        signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
      });
      await response.body.dump();
      if (response.statusCode !== 200) throw new Error(`returned ${response.statusCode}`);
    } catch (error) {
      this.#log.warn({ payment_id: row.reference, err: error }, 'sandbox bank webhook failed');
      return false;
    }
    await this.#store.write((trx) =>
      trx
        .updateTable('sandboxPayments')
        .set({ notifiedStatus: row.status })
        .where('reference', '=', row.reference)
        .execute(),
    );
    return true;
  }
}

/** Returns an id in the form of NSPK's dynamic links. Random, so that nobody can guess another bill. */
function newQrId(): string {
  return `AD${Array.from({ length: 30 }, () => QR_ALPHABET[randomInt(QR_ALPHABET.length)]).join('')}`;
}
