import type { Context } from '../context.ts';
import { Rounds } from '../rounds.ts';
import { SetBack } from '../set-back.ts';
import { applyAnswer, applyDecision, applySetAside } from './apply.ts';
import { attachProvider } from './attach.ts';
import { findAttempts, refOfAttempt } from './attempts.ts';
import { carryOutCharge } from './charge.ts';
import { closeAttempt, findToClose } from './closing.ts';
import { confirmAttempt, findToConfirm } from './confirm.ts';
import { findPayment } from './find.ts';
import { verifyHint } from './hint.ts';
import { isOffered, refOf, toPayment, type OfferedPayment, type Payment } from './payment.ts';
import { carryOut, findPendingRefunds } from './refund.ts';
import { bringForward, nextCheckAt } from './schedule.ts';
import { bringSetAsideForward, findSetAside } from './set-aside.ts';

/** How often payments are looked at when nothing is due sooner. */
const IDLE_MS = 10_000;
/** Payments asked about at once: a provider is not to be stormed after a long outage. */
const AT_ONCE = 20;

/**
 * Looks after payments that nobody is calling about: brings those to their provider that a crash or the network kept
 * from it, asks about open ones (webhooks get lost), expires those whose time is up, confirms and closes attempts, tries
 * webhooks again that came too early and carries pending refunds on. Every step may be repeated, so a crash in the
 * middle costs nothing.
 */
export class Caretaker {
  readonly #ctx: Context;
  readonly #rounds: Rounds;
  readonly #setBack = new SetBack();

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#rounds = new Rounds(
      () => this.look(),
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
  async look(): Promise<number> {
    const ctx = this.#ctx;
    const now = ctx.now();
    await this.#setBack.heed(now, () =>
      ctx.store.write(async (trx) => {
        await bringForward(trx, now);
        await bringSetAsideForward(trx, now);
      }),
    );
    const due = await ctx.store.read
      .selectFrom('payments')
      .selectAll()
      .where('next_check_at', '<=', now)
      .orderBy('next_check_at')
      .limit(AT_ONCE)
      .execute();
    const [toClose, toConfirm, refunds, early] = await Promise.all([
      findToClose(ctx),
      findToConfirm(ctx),
      findPendingRefunds(ctx.store.read, now),
      findSetAside(ctx.store.read, now),
    ]);
    await Promise.all([
      ...due.map((row) => this.#check(toPayment(row))),
      ...toConfirm.map((attempt) => this.#carryOn(attempt.reference, () => confirmAttempt(ctx, attempt))),
      ...toClose.map((attempt) => this.#carryOn(attempt.reference, () => closeAttempt(ctx, attempt))),
      ...refunds.map((refund) => this.#carryOn(refund.id, () => carryOut(ctx, refund))),
      ...early.map((tried) =>
        this.#carryOn(tried.report.deliveryId, () => applySetAside(ctx, tried, verifyHint)),
      ),
    ]);
    if (due.length === AT_ONCE) return 0;
    const next = await ctx.store.read
      .selectFrom('payments')
      .select((eb) => eb.fn.min('next_check_at').as('at'))
      .executeTakeFirst();
    return Math.min(IDLE_MS, Math.max(0, (next?.at ?? Infinity) - ctx.now()));
  }

  /** Asks and, whatever comes of it, plans the next question: a payment never stays due. */
  async #check(payment: Payment): Promise<void> {
    await this.#carryOn(payment.id, async () => {
      if (isOffered(payment)) {
        await this.#askAboutReplaced(payment);
        if (payment.chargePayload !== null) await carryOutCharge(this.#ctx, payment);
        else if (payment.providerPaymentId === null) await attachProvider(this.#ctx, payment);
        else await this.#ask(payment);
      }
      await this.#expireIfOver(payment.id);
    });
    await this.#ctx.store.write(async (trx) => {
      const current = await findPayment(trx, payment.id);
      // A change has planned its own next question.
      if (current?.version !== payment.version) return;
      const asked = { ...current, checks: current.checks + 1 };
      await trx
        .updateTable('payments')
        .set({ checks: asked.checks, next_check_at: nextCheckAt(asked, this.#ctx.now()) })
        .where('id', '=', payment.id)
        .execute();
    });
  }

  async #ask(payment: OfferedPayment): Promise<void> {
    const report = await this.#ctx.providers[payment.provider].status(refOf(payment));
    await applyAnswer(this.#ctx, payment.provider, report);
  }

  /** A code that another one has replaced may have been paid before it was closed. */
  async #askAboutReplaced(payment: OfferedPayment): Promise<void> {
    const attempts = await findAttempts(this.#ctx.store.read, payment.id);
    const replaced = attempts.filter(
      ({ reference, provider_payment_id, to_close }) =>
        reference !== payment.reference && provider_payment_id !== null && to_close === 0,
    );
    for (const attempt of replaced) {
      await this.#carryOn(attempt.reference, async () => {
        const report = await this.#ctx.providers[attempt.provider].status(refOfAttempt(attempt, payment));
        await applyAnswer(this.#ctx, attempt.provider, report);
      });
    }
  }

  /** The provider has just been asked, or never heard of it: what is still unpaid now has expired. */
  async #expireIfOver(paymentId: string): Promise<void> {
    const now = this.#ctx.now();
    // Not while a scanned code is undecided: another one would be a second charge.
    const isOver = ({ status, expiresAt, chargePayload }: Payment) =>
      status === 'created' && expiresAt <= now && chargePayload === null;
    const payment = await findPayment(this.#ctx.store.read, paymentId);
    if (!payment || !isOver(payment)) return;
    const cause = { event: 'payment.expired', source: 'clock' };
    await applyDecision(this.#ctx, paymentId, 'expired', cause, isOver);
  }

  /** A provider that cannot be reached keeps one piece of work waiting, not the others. */
  async #carryOn(id: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#ctx.log.warn({ id, err: error }, 'could not be carried on yet');
    }
  }
}
