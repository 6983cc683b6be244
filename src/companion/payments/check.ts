import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { applyAnswer, applyDecision } from './apply.ts';
import { attachProvider } from './attach.ts';
import { queueAttention } from './attention.ts';
import { findAttempt, findAttempts, refOfAttempt } from './attempts.ts';
import { carryOutCharge } from './charge.ts';
import { FOUND_AT_ONCE, type Busy, type Chore, type Task } from './chore.ts';
import { findPayment } from './find.ts';
import { isOffered, refOf, toPayment, type OfferedPayment, type Payment } from './payment.ts';
import { bringForward, isGivenUp, isOverdue, nextCheckAt } from './schedule.ts';

/** Asks about open payments, brings to their provider those it has not heard of, and ends those whose time is up. */
export const CHECKS: Chore = {
  name: 'checks',
  async findDue(ctx, busy) {
    const rows = await planned(ctx, busy)
      .selectAll()
      .where('next_check_at', '<=', ctx.now())
      .orderBy('next_check_at')
      .limit(FOUND_AT_ONCE)
      .execute();
    return rows.map((row) => ({
      key: row.id,
      provider: row.provider,
      run: (beside) => check(ctx, toPayment(row), beside),
    }));
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('next_check_at as at')
      .where('next_check_at', 'is not', null)
      .orderBy('next_check_at')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
  bringForward,
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
      await bringOn(ctx, payment);
    } finally {
      await tellIfOverdue(ctx, payment.id);
    }
  }
  await expireIfOver(ctx, payment.id);
}

/** `false` for a payment that has changed since it was found: a change plans its own next question. */
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

/** While the clock cannot be relied upon no look is used up, nobody is given up, and open payments are due when it can. */
function planOf(ctx: Context, payment: Payment): { checks: number; next_check_at: number | null } {
  const now = ctx.now();
  const unreliableMs = ctx.clock.reliableInMs();
  const counts = unreliableMs === 0 || isOpen(payment.status);
  const asked = { ...payment, checks: payment.checks + (counts ? 1 : 0) };
  const regular = nextCheckAt(asked, now);
  if (unreliableMs === 0)
    return { checks: asked.checks, next_check_at: isGivenUp(payment, now) ? null : regular };
  const next = isOpen(payment.status) ? Math.min(regular ?? Infinity, now + unreliableMs) : regular;
  return { checks: asked.checks, next_check_at: next };
}

async function bringOn(ctx: Context, payment: OfferedPayment): Promise<void> {
  if (payment.chargePayload !== null) await carryOutCharge(ctx, payment);
  else if (payment.providerPaymentId === null) await attachProvider(ctx, payment);
  else {
    const report = await ctx.providers[payment.provider].status(refOf(payment));
    await applyAnswer(ctx, payment.provider, report);
  }
}

/** A code that another one has replaced may have been paid before it was closed. */
async function questionsAboutReplaced(ctx: Context, payment: OfferedPayment): Promise<Task[]> {
  const attempts = await findAttempts(ctx.store.read, payment.id);
  const replaced = attempts.filter(
    ({ reference, provider_payment_id, to_close }) =>
      reference !== payment.reference && provider_payment_id !== null && to_close === 0,
  );
  return replaced.map((attempt) => ({
    key: attempt.reference,
    provider: attempt.provider,
    async run() {
      const report = await ctx.providers[attempt.provider].status(refOfAttempt(attempt, payment));
      await applyAnswer(ctx, attempt.provider, report);
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
  await applyDecision(ctx, paymentId, 'expired', cause, isOver);
}

/** Its end should have come long ago: a person has to ask the provider. */
async function tellIfOverdue(ctx: Context, paymentId: string): Promise<void> {
  if (!ctx.clock.isReliable()) return;
  const payment = await findPayment(ctx.store.read, paymentId);
  if (!payment || !isOverdue(payment, ctx.now())) return;
  const told = await ctx.store.write(async (trx) => {
    const current = await findPayment(trx, paymentId);
    const attempt = current?.reference ? await findAttempt(trx, current.reference) : null;
    if (!current || !attempt || !isOverdue(current, ctx.now())) return false;
    const { reference } = attempt;
    return (await queueAttention(trx, current, { reason: 'overdue', reference }, ctx.now())) !== null;
  });
  if (!told) return;
  ctx.log.error({ payment_id: paymentId, status: payment.status }, 'a payment does not end');
  ctx.wakeNotifier();
}
