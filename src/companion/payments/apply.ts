import { transition, type PaymentStatus } from '../../protocol/status.ts';
import { queuePaymentNotification } from '../notifications/outbox.ts';
import type { ProviderDelivery, ProviderReport } from '../providers/provider.ts';
import type { ProviderName } from '../providers/names.ts';
import type { Context } from '../context.ts';
import type { Writer } from '../store/store.ts';
import type { AttemptRow } from '../store/schema.ts';
import { addEvent, type Cause } from './events.ts';
import { findPayment } from './find.ts';
import type { Payment } from './payment.ts';
import { record, type Changes } from './record.ts';
import { DONE, setAside, type SetAside } from './set-aside.ts';

/** What became of a report. Only `applied` changed the payment. */
export type Outcome =
  | 'applied'
  | 'unchanged'
  | 'unknown_payment'
  /** A refund's report that has overtaken the payment's. */
  | 'premature'
  | 'unknown_status'
  | 'amount_mismatch'
  /** A word on an attempt that another one has replaced. */
  | 'replaced_attempt'
  /** A second attempt of one payment was paid: money to give back. */
  | 'paid_twice'
  /** Money after the provider had said no: the order was given up, so a person has to look. */
  | 'paid_after_failure';

export interface Applied {
  readonly outcome: Outcome;
  readonly payment: Payment | null;
}

/** Takes a verified webhook: stored and applied in one transaction, a repeat of it changes nothing. */
export async function applyDelivery(
  ctx: Context,
  provider: ProviderName,
  delivery: ProviderDelivery,
  body: Buffer,
): Promise<Outcome | 'duplicate'> {
  const result = await ctx.store.write(async (trx) => {
    const inserted = await trx
      .insertInto('provider_deliveries')
      .values({
        provider,
        delivery_id: delivery.deliveryId,
        payment_id: null,
        outcome: 'unchanged',
        body,
        received_at: ctx.now(),
        report_json: null,
        next_try_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) return 'duplicate';
    const cause = { event: delivery.event, source: `provider:${provider}` };
    const applied = await applyReport(trx, delivery, cause, ctx.now());
    await keepOutcome(trx, { provider, report: delivery, tries: 0 }, applied, ctx.now());
    return applied;
  });
  if (result === 'duplicate') return 'duplicate';
  announce(ctx, result, delivery.reference);
  return result.outcome;
}

/** Tries a webhook again that could not be followed when it came. */
export async function applySetAside(ctx: Context, { provider, report, tries }: SetAside): Promise<void> {
  const cause = { event: report.event, source: `provider:${provider}` };
  const applied = await ctx.store.write(async (trx) => {
    const result = await applyReport(trx, report, cause, ctx.now());
    await keepOutcome(trx, { provider, report, tries: tries + 1 }, result, ctx.now());
    return result;
  });
  announce(ctx, applied, report.reference);
}

async function keepOutcome(trx: Writer, tried: SetAside, applied: Applied, now: number): Promise<void> {
  const { outcome, payment } = applied;
  const again = outcome === 'unknown_payment' || outcome === 'premature';
  await trx
    .updateTable('provider_deliveries')
    .set({ outcome, payment_id: payment?.id ?? null, ...(again ? setAside(tried, now) : DONE) })
    .where('provider', '=', tried.provider)
    .where('delivery_id', '=', tried.report.deliveryId)
    .execute();
}

/** Takes what a provider answered when asked. */
export async function applyAnswer(
  ctx: Context,
  provider: ProviderName,
  report: ProviderReport,
): Promise<Applied> {
  const cause = { event: 'status query', source: `provider:${provider}` };
  const applied = await ctx.store.write((trx) => applyReport(trx, report, cause, ctx.now()));
  announce(ctx, applied, report.reference);
  return applied;
}

/** Takes a decision of our own (the clock's, the merchant's, the payer's), which knows nothing of money. */
export async function applyDecision(
  ctx: Context,
  paymentId: string,
  status: PaymentStatus,
  cause: Cause,
): Promise<Applied> {
  const applied = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment) return { outcome: 'unknown_payment', payment: null } as const;
    return move(trx, payment, status, cause, ctx.now());
  });
  announce(ctx, applied, paymentId);
  return applied;
}

function announce(ctx: Context, applied: Applied, reference: string): void {
  const { outcome, payment } = applied;
  if (outcome === 'applied' && payment) {
    ctx.metrics.paymentReached(payment.status, payment.provider);
    ctx.announce(payment);
  }
  const details = { payment_id: payment?.id, reference, outcome, status: payment?.status };
  if (outcome === 'applied' || outcome === 'unchanged') ctx.log.info(details, 'payment event');
  else ctx.log.warn(details, 'payment event not applied');
}

/** What a report means for its payment, in the caller's transaction. */
async function applyReport(trx: Writer, report: ProviderReport, cause: Cause, now: number): Promise<Applied> {
  const attempt = await trx
    .selectFrom('attempts')
    .selectAll()
    .where('reference', '=', report.reference)
    .executeTakeFirst();
  const payment = attempt && (await findPayment(trx, attempt.payment_id));
  if (!payment) return { outcome: 'unknown_payment', payment: null };

  const refusal = refuse(payment, attempt, report);
  // It will be tried again: only what comes of it at last is worth a line.
  if (refusal === 'premature') return { outcome: refusal, payment };
  if (refusal !== null) {
    await addEvent(trx, payment, payment, cause, refusal, now);
    if (refusal === 'paid_twice' || refusal === 'paid_after_failure') await markPaid(trx, attempt);
    return { outcome: refusal, payment };
  }
  const status = report.status!;
  if (status === 'paid') await markPaid(trx, attempt);
  const applied = await move(trx, payment, status, cause, now);
  if (applied.outcome === 'applied' && status === 'paid')
    await closeOthers(trx, payment.id, attempt.reference);
  return applied;
}

const REFUNDS: readonly PaymentStatus[] = ['partial_refunded', 'refunded'];

/** Why a report may not be followed. */
function refuse(
  payment: Payment,
  attempt: AttemptRow,
  report: ProviderReport,
): Exclude<Outcome, 'applied' | 'unchanged' | 'unknown_payment'> | null {
  if (report.status === null) return 'unknown_status';
  if (REFUNDS.includes(report.status) && payment.paidAt === null) return 'premature';
  if (report.status === 'paid') {
    const otherAmount = report.amount !== null && report.amount !== payment.amount;
    const otherCurrency = report.currency !== null && report.currency !== payment.currency;
    if (otherAmount || otherCurrency) return 'amount_mismatch';
    if (payment.status === 'failed') return 'paid_after_failure';
    const paidByAnother = payment.paidAt !== null && attempt.paid === 0;
    return paidByAnother ? 'paid_twice' : null;
  }
  return attempt.reference === payment.reference ? null : 'replaced_attempt';
}

async function markPaid(trx: Writer, attempt: AttemptRow): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ paid: 1, to_close: 0 })
    .where('reference', '=', attempt.reference)
    .execute();
}

async function closeOthers(trx: Writer, paymentId: string, paidReference: string): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ to_close: 1 })
    .where('payment_id', '=', paymentId)
    .where('reference', '!=', paidReference)
    .where('paid', '=', 0)
    .execute();
}

/** Carries the payment to a status, if the state machine lets it, and tells the merchant in the same transaction. */
async function move(
  trx: Writer,
  before: Payment,
  to: PaymentStatus,
  cause: Cause,
  now: number,
): Promise<Applied> {
  const next = transition(before.status, to);
  if (!next.changed) {
    // Being told what is known already is no event.
    if (before.status !== to) await addEvent(trx, before, before, cause, 'unchanged', now);
    return { outcome: 'unchanged', payment: before };
  }
  const changes: Changes = {
    status: next.status,
    late: before.late || next.late,
    ...(next.status === 'paid' ? { paidAt: now } : {}),
    ...(next.status === 'refunded' ? { refundedAmount: before.amount } : {}),
  };
  const after = await record(trx, before, changes, cause, now);
  await queuePaymentNotification(trx, after, now);
  return { outcome: 'applied', payment: after };
}
