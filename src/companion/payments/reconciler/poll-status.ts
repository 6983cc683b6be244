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

/** Asks about open payments, brings to their provider those it has not heard of, and ends those whose time is up. */
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
      // A no is an answer, too: it tells nothing more when it is asked for again.
      if (error instanceof ProviderError && error.kind === 'refused') await countAnswer(ctx, payment);
      throw error;
    } finally {
      await tellIfOverdue(ctx, payment.id);
    }
  }
  await expireIfOver(ctx, payment.id);
}

/**
 * Plans the next question as if this one were not answered, before it is asked. `false` for a payment that has changed
 * since it was found: a change plans its own next question.
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

/** While the clock cannot be relied upon nothing is given up, and all that is asked about is due once it can. */
function planOf(ctx: Context, payment: Payment): { checks: number; next_check_at: number | null } {
  const now = ctx.now();
  const checks = payment.checks + 1;
  const regular = nextCheckAt({ ...payment, checks }, now);
  const unreliableMs = ctx.clock.reliableInMs();
  if (unreliableMs === 0) return { checks, next_check_at: isPastWatching(payment, now) ? null : regular };
  return { checks, next_check_at: regular === null ? null : Math.min(regular, now + unreliableMs) };
}

/** Whether the provider has answered. Rejects with its error when it has not, or has refused to. */
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
 * Counts a question that was answered and has changed nothing: only these use up the late questions. After the last
 * one, a code whose provider has not said that it is over is closed, or watched where it can't be.
 */
async function countAnswer(ctx: Context, { id, version }: Payment): Promise<void> {
  await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, id);
    if (payment?.version !== version || payment.reference === null) return;
    const givenUp = !isOpen(payment.status);
    // A clock that has jumped makes late questions due that are not.
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

/** A code that another one has replaced may have been paid before it was closed. */
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

/** The provider has just been asked, or never heard of it: what is still unpaid now has expired. */
async function expireIfOver(ctx: Context, paymentId: string): Promise<void> {
  if (!ctx.clock.isReliable()) return;
  const now = ctx.now();
  // Not while a scanned code is undecided: another one would be a second charge.
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

/** Its end should have come long ago: a person has to ask the provider. */
async function tellIfOverdue(ctx: Context, paymentId: string): Promise<void> {
  const payment = await findPayment(ctx.store.read, paymentId);
  if (!payment?.reference || !isOverdue(payment, ctx.now())) return;
  const isStill = (current: Payment, attempt: AttemptRow) =>
    current.reference === attempt.reference && isOverdue(current, ctx.now());
  await tellOverdue(ctx, paymentId, payment.reference, isStill);
}
