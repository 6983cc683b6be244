import { transition, type PaymentStatus } from '../../protocol/status.ts';
import { queueNotification } from '../notifications/outbox.ts';
import type { ProviderDelivery, ProviderReport } from '../providers/provider.ts';
import type { ProviderName } from '../providers/names.ts';
import type { Context } from '../context.ts';
import type { Writer } from '../store/store.ts';
import { findPayment } from './find.ts';
import { toPayment, type Payment } from './payment.ts';

/** What became of a report. Only `applied` changed the payment. */
export type Outcome = 'applied' | 'unchanged' | 'unknown_payment' | 'unknown_status' | 'amount_mismatch';

export interface Applied {
  readonly outcome: Outcome;
  readonly payment: Payment | null;
}

interface Cause {
  /** The event in its sender's words. */
  readonly event: string;
  /** `provider:sandbox`, `clock`, `merchant` … */
  readonly source: string;
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
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) return 'duplicate';
    const applied = await apply(
      trx,
      delivery,
      { event: delivery.event, source: `provider:${provider}` },
      ctx.now(),
    );
    await trx
      .updateTable('provider_deliveries')
      .set({ outcome: applied.outcome, payment_id: applied.payment?.id ?? null })
      .where('provider', '=', provider)
      .where('delivery_id', '=', delivery.deliveryId)
      .execute();
    return applied;
  });
  if (result === 'duplicate') return 'duplicate';
  settle(ctx, result, delivery);
  return result.outcome;
}

/** Takes what a provider answered when asked. */
export async function applyAnswer(
  ctx: Context,
  provider: ProviderName,
  report: ProviderReport,
): Promise<Applied> {
  const cause = { event: 'status query', source: `provider:${provider}` };
  const applied = await ctx.store.write((trx) => apply(trx, report, cause, ctx.now()));
  settle(ctx, applied, report);
  return applied;
}

/** Takes a decision of our own (the clock's, the merchant's), which knows nothing of money. */
export async function applyDecision(
  ctx: Context,
  paymentId: string,
  status: PaymentStatus,
  cause: Cause,
): Promise<Applied> {
  const report = { reference: paymentId, status, amount: null, currency: null };
  const applied = await ctx.store.write((trx) => apply(trx, report, cause, ctx.now()));
  settle(ctx, applied, report);
  return applied;
}

function settle(ctx: Context, applied: Applied, report: ProviderReport): void {
  const { outcome, payment } = applied;
  if (outcome === 'applied' && payment) {
    ctx.metrics.paymentReached(payment.status, payment.provider);
    ctx.announce(payment);
  }
  const details = { payment_id: report.reference, outcome, status: payment?.status };
  if (outcome === 'applied' || outcome === 'unchanged') ctx.log.info(details, 'payment event');
  else ctx.log.warn(details, 'payment event not applied');
}

/** The one place where a payment's status changes: row, event and outbox in the caller's transaction. */
async function apply(trx: Writer, report: ProviderReport, cause: Cause, now: number): Promise<Applied> {
  const before = await findPayment(trx, report.reference);
  if (!before) return { outcome: 'unknown_payment', payment: null };

  const note = refusal(before, report);
  const next = note === null && report.status !== null ? transition(before.status, report.status) : null;
  const after = next?.changed
    ? toPayment(
        await trx
          .updateTable('payments')
          .set({
            status: next.status,
            version: before.version + 1,
            late: before.late || next.late ? 1 : 0,
            updated_at: now,
            ...(next.status === 'paid' ? { paid_at: now } : {}),
          })
          .where('id', '=', before.id)
          .returningAll()
          .executeTakeFirstOrThrow(),
      )
    : before;

  const outcome: Outcome = note ?? (next?.changed ? 'applied' : 'unchanged');
  // A status query that finds nothing new is no event; a message that changed nothing is kept for the curious.
  if (outcome !== 'unchanged' || before.status !== report.status) {
    await trx
      .insertInto('payment_events')
      .values({
        payment_id: before.id,
        version: after.version,
        event: cause.event,
        status_before: before.status,
        status_after: after.status,
        source: cause.source,
        note: outcome === 'applied' ? null : outcome,
        created_at: now,
      })
      .execute();
  }
  if (outcome === 'applied') await queueNotification(trx, after, now);
  return { outcome, payment: after };
}

/** Why a report may not be believed: a status we do not know, or a sum that is not the one we asked for. */
function refusal(payment: Payment, report: ProviderReport): 'unknown_status' | 'amount_mismatch' | null {
  if (report.status === null) return 'unknown_status';
  const otherAmount = report.amount !== null && report.amount !== payment.amount;
  const otherCurrency = report.currency !== null && report.currency !== payment.currency;
  return report.status === 'paid' && (otherAmount || otherCurrency) ? 'amount_mismatch' : null;
}
