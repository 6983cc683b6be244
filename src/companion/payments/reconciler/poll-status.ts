import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { changeStatus } from '../lifecycle/change-status.ts';
import { registerWithProvider } from '../lifecycle/register-with-provider.ts';
import { findAttempt, findAttempts, markForClosing, markOver, refOfAttempt } from '../model/attempts.ts';
import { sendCharge } from '../lifecycle/charge-buyer-qr.ts';
import { BATCH_SIZE, type Busy, type Job, type Task } from './job.ts';
import { findPayment } from '../model/queries.ts';
import { tellOverdue } from './overdue.ts';
import {
  isOffered,
  isUnscanned,
  refOf,
  toPayment,
  type OfferedPayment,
  type Payment,
} from '../model/payment.ts';
import { isOverdue, isPastWatching, isWatched, nextCheckAt } from '../model/next-check.ts';

/**
 * Polls open payments, polls given up ones for late money, registers payments that their provider does not know yet, and
 * expires payments whose time is up.
 */
export const POLL_STATUS: Job = {
  name: 'poll status',
  async findDue(ctx, busy) {
    const rows = await planned(ctx, busy)
      .selectAll()
      .where('nextCheckAt', '<=', ctx.now())
      .orderBy('nextCheckAt')
      .limit(BATCH_SIZE)
      .execute();
    return rows.map((row) => ({
      key: row.id,
      provider: row.provider,
      run: (beside) => check(ctx, toPayment(row), beside),
    }));
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('nextCheckAt as at')
      .where('nextCheckAt', 'is not', null)
      .orderBy('nextCheckAt')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('payments')
    .where('id', 'not in', keys)
    .where((eb) => eb.or([eb('provider', 'is', null), eb('provider', 'not in', providers)]));
}

async function check(ctx: Context, payment: Payment, beside: (task: Task) => void): Promise<void> {
  if (!(await planNext(ctx, payment))) return;
  if (isOffered(payment)) {
    for (const task of await questionsAboutReplaced(ctx, payment)) beside(task);
    try {
      if (await bringOn(ctx, payment)) await countAnswer(ctx, payment);
    } catch (error) {
      // A refusal counts as an answer: a repeated call would bring no more.
      if (error instanceof ProviderError && error.kind === 'refused') await countAnswer(ctx, payment);
      throw error;
    } finally {
      await tellIfOverdue(ctx, payment.id);
    }
  }
  await expireIfOver(ctx, payment.id);
}

/**
 * Plans the next poll before this one runs, as if this one will get no answer. Returns false if the payment has changed
 * since it was found: each change plans its own next poll.
 */
async function planNext(ctx: Context, payment: Payment): Promise<boolean> {
  const { numUpdatedRows } = await ctx.store.write((trx) =>
    trx
      .updateTable('payments')
      .set(planOf(ctx, payment))
      .where('id', '=', payment.id)
      .where('version', '=', payment.version)
      .executeTakeFirst(),
  );
  return numUpdatedRows === 1n;
}

/**
 * Returns the plan of the next poll. While the clock is unreliable, no payment stops being polled, and each polled payment is
 * due at the latest when the clock is reliable again.
 */
function planOf(ctx: Context, payment: Payment): { checks: number; next_check_at: number | null } {
  const now = ctx.now();
  const checks = payment.checks + 1;
  const regular = nextCheckAt({ ...payment, checks }, now);
  const unreliableMs = ctx.clock.reliableInMs();
  if (unreliableMs === 0) return { checks, next_check_at: isPastWatching(payment, now) ? null : regular };
  return { checks, next_check_at: regular === null ? null : Math.min(regular, now + unreliableMs) };
}

/**
 * Charges the scanned code, registers the payment or polls its status. Returns true if the provider has answered a charge or
 * a poll. Rejects with the provider's error when it has not answered or has refused.
 */
async function bringOn(ctx: Context, payment: OfferedPayment): Promise<boolean> {
  if (payment.chargePayload !== null) {
    const charged = await sendCharge(ctx, payment);
    return charged.kind === 'taken' && charged.answered === true;
  }
  if (payment.providerPaymentId === null && isOpen(payment.status)) {
    await registerWithProvider(ctx, payment);
    return false;
  }
  const report = await ctx.providers[payment.provider].status(refOf(payment));
  await receiveStatus(ctx, payment.provider, report);
  return true;
}

/**
 * Counts a poll that was answered and changed nothing. Only such polls use up the limited polls for late money. After the
 * last one, an attempt that its provider has not reported as over is closed, or polled where the provider cannot close it.
 */
async function countAnswer(ctx: Context, { id, version }: Payment): Promise<void> {
  await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, id);
    if (payment?.version !== version || payment.reference === null) return;
    const givenUp = !isOpen(payment.status);
    // A clock that has jumped makes polls for late money due too early.
    if (givenUp && !ctx.clock.isReliable()) return;
    const counted = { ...payment, answers: payment.answers + 1, checks: givenUp ? 0 : payment.checks };
    await trx
      .updateTable('payments')
      .set({
        answeredChecks: counted.answers,
        checks: counted.checks,
        ...(givenUp ? { next_check_at: nextCheckAt(counted, ctx.now()) } : {}),
      })
      .where('id', '=', id)
      .execute();
    if (!givenUp || isWatched(counted)) return;
    const attempt = await findAttempt(trx, payment.reference);
    if (attempt?.state === 'open' && attempt.closeState === 'none')
      await markForClosing(trx, attempt.reference);
  });
}

/** Returns polls of the replaced attempts: the payer may have paid a replaced code before it was closed. */
async function questionsAboutReplaced(ctx: Context, payment: OfferedPayment): Promise<Task[]> {
  const attempts = await findAttempts(ctx.store.read, payment.id);
  const replaced = attempts.filter(
    ({ reference, providerPaymentId, closeState }) =>
      reference !== payment.reference && providerPaymentId !== null && closeState === 'none',
  );
  return replaced.map((attempt) => ({
    key: attempt.reference,
    provider: attempt.provider,
    async run() {
      const report = await ctx.providers[attempt.provider].status(refOfAttempt(attempt, payment));
      await receiveStatus(ctx, attempt.provider, report);
    },
  }));
}

/**
 * Expires the payment if its time is up and it is unpaid. The provider has just been asked, or does not know the payment.
 */
async function expireIfOver(ctx: Context, paymentId: string): Promise<void> {
  if (!ctx.clock.isReliable()) return;
  const now = ctx.now();
  // Never while a scanned code is undecided: another code would be a second charge.
  const isOver = ({ status, expiresAt, chargePayload }: Payment) =>
    status === 'created' && expiresAt <= now && chargePayload === null;
  const payment = await findPayment(ctx.store.read, paymentId);
  if (!payment || !isOver(payment)) return;
  const cause = { event: 'payment.expired', source: 'clock' };
  await changeStatus(ctx, paymentId, {
    status: 'expired',
    cause,
    holds: async (current, trx) => {
      if (!isOver(current)) return false;
      if (isUnscanned(current) && current.reference !== null) await markOver(trx, current.reference);
      return true;
    },
  });
}

/** Notifies the merchant when the payment should have ended long ago: a person has to ask the provider. */
async function tellIfOverdue(ctx: Context, paymentId: string): Promise<void> {
  const payment = await findPayment(ctx.store.read, paymentId);
  if (!payment?.reference || !isOverdue(payment, ctx.now())) return;
  const isStill = (current: Payment, attempt: AttemptRow) =>
    current.reference === attempt.reference && isOverdue(current, ctx.now());
  await tellOverdue(ctx, paymentId, payment.reference, isStill);
}
