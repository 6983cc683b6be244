import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { Rounds } from '../rounds.ts';
import { applyAnswer, applyDecision } from './apply.ts';
import { attachProvider } from './attach.ts';
import { toPayment, type Payment } from './payment.ts';

/** How often payments are looked at when nothing is due sooner. */
const IDLE_MS = 30_000;
/** After a provider could not be asked. */
const RETRY_MS = 2_000;

/**
 * Looks after payments that nobody is calling about: those whose provider was never reached (a crash, a network
 * error) are brought to it, and those whose time is up are expired, after one last question to the provider.
 */
export class Caretaker {
  readonly #ctx: Context;
  readonly #rounds: Rounds;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#rounds = new Rounds(
      () => this.#look(),
      (error) => ctx.log.error({ err: error }, 'looking after open payments failed'),
    );
  }

  /** Something may be due sooner than planned: plans anew. */
  wake(): void {
    this.#rounds.wake();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  /** One round; answers the ms until the next. */
  async #look(): Promise<number> {
    const results = [...(await this.#attachOrphans()), ...(await this.#expireDue())];
    if (results.includes(false) || (await this.#hasOrphans())) return RETRY_MS;
    const next = await this.#ctx.store.read
      .selectFrom('payments')
      .select('expires_at')
      .where('status', '=', 'created')
      .orderBy('expires_at')
      .executeTakeFirst();
    return next ? Math.min(IDLE_MS, Math.max(0, next.expires_at - this.#ctx.now())) : IDLE_MS;
  }

  /** Those too young to be taken on in this round. */
  async #hasOrphans(): Promise<boolean> {
    const orphan = await this.#ctx.store.read
      .selectFrom('payments')
      .select('id')
      .where('status', '=', 'created')
      .where('provider_payment_id', 'is', null)
      .limit(1)
      .executeTakeFirst();
    return orphan !== undefined;
  }

  async #attachOrphans(): Promise<boolean[]> {
    const rows = await this.#ctx.store.read
      .selectFrom('payments')
      .selectAll()
      .where('status', '=', 'created')
      .where('provider_payment_id', 'is', null)
      // Younger ones are most likely being created by a request right now.
      .where('updated_at', '<', this.#ctx.now() - RETRY_MS)
      .execute();
    return Promise.all(
      rows.map(async (row) => {
        const payment = await attachProvider(this.#ctx, toPayment(row));
        return payment.providerPaymentId !== null || !isOpen(payment.status);
      }),
    );
  }

  async #expireDue(): Promise<boolean[]> {
    const rows = await this.#ctx.store.read
      .selectFrom('payments')
      .selectAll()
      .where('status', '=', 'created')
      .where('expires_at', '<=', this.#ctx.now())
      .execute();
    return Promise.all(rows.map((row) => this.#expire(toPayment(row))));
  }

  /** `false` when the provider could not be asked: the payment stays open, and the page says "checking". */
  async #expire(payment: Payment): Promise<boolean> {
    if (payment.providerPaymentId !== null) {
      try {
        const report = await this.#ctx.providers[payment.provider].status(payment.id);
        const { payment: after } = await applyAnswer(this.#ctx, payment.provider, report);
        // A payment the bank is working on is not over, whatever our clock says.
        if (after && after.status !== 'created') return true;
      } catch (error) {
        this.#ctx.log.warn(
          { payment_id: payment.id, err: error },
          'no answer to the last question before expiry',
        );
        return false;
      }
    }
    await applyDecision(this.#ctx, payment.id, 'expired', { event: 'payment.expired', source: 'clock' });
    return true;
  }
}
