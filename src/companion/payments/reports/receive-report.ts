import type { Insertable } from 'kysely';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderDelivery, type ProviderReport } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { prepared } from '../../store/prepared.ts';
import type { Schema } from '../../store/schema.ts';
import type { Reader, Writer } from '../../store/store.ts';
import { findReported } from '../model/attempts.ts';
import { answerOf, type Cause } from '../model/events.ts';
import { findPayment } from '../model/queries.ts';
import { applyReport } from './apply-report.ts';
import { logAfterCommit } from '../model/history-log.ts';
import { move } from '../model/transition.ts';
import type { Applied, Outcome } from '../model/outcome.ts';
import type { Payment } from '../model/payment.ts';
import { withoutTokens } from '../../store/without-tokens.ts';
import { flagUnmatchedRefund } from '../refunds/apply-refund-report.ts';
import {
  claimRetry,
  DONE,
  isLastTry,
  deferral,
  type DueWebhook,
  type DeferredWebhook,
} from './deferred-webhooks.ts';

/** Takes a verified webhook: stored and applied in one transaction, a repeat of it changes nothing. */
export async function receiveWebhook(
  ctx: Context,
  provider: ProviderName,
  delivery: ProviderDelivery,
  body: Buffer,
): Promise<Outcome | 'duplicate'> {
  const result = await ctx.store.write(async (trx) => {
    if (await isKnownDelivery(trx, provider, delivery.deliveryId)) return 'duplicate';
    const cause = { event: delivery.event, source: `provider:${provider}`, detail: delivery.detail };
    const applied = await applyReport(trx, provider, delivery, cause, ctx.now());
    const became = deliveryState({ provider, report: delivery, tries: 0 }, applied, ctx.now());
    await insertDelivery(trx, {
      provider,
      delivery_id: delivery.deliveryId,
      // A provider may send back the link that it leads the payer to.
      body: withoutTokens(body),
      received_at: ctx.now(),
      ...became,
    });
    if (became.next_try_at !== null) logDeferred(trx, { provider, delivery, outcome: became.outcome });
    return applied;
  });
  if (result === 'duplicate') return 'duplicate';
  publishOutcome(ctx, result, delivery);
  return result.outcome;
}

const insertDelivery = prepared((trx, row: Insertable<Schema['provider_deliveries']>) =>
  trx.insertInto('provider_deliveries').values(row),
);

const selectDelivery = prepared((db, { provider, deliveryId }: { provider: string; deliveryId: string }) =>
  db
    .selectFrom('provider_deliveries')
    .select('delivery_id')
    .where('provider', '=', provider)
    .where('delivery_id', '=', deliveryId),
);

/** Whether this message has been taken before. */
export async function isKnownDelivery(db: Reader, provider: string, deliveryId: string): Promise<boolean> {
  return (await selectDelivery(db, { provider, deliveryId })).rows.length > 0;
}

/** Tries a webhook again that could not be followed when it came. Rejects, no try used up, when nobody can be asked. */
export async function retryDeferredWebhook(
  ctx: Context,
  tried: DueWebhook,
  verify: (ctx: Context, provider: ProviderName, claim: ProviderDelivery) => Promise<ProviderDelivery>,
): Promise<void> {
  const when = { now: ctx.now(), isReliable: ctx.clock.isReliable() };
  if (!(await ctx.store.write((trx) => claimRetry(trx, tried, when)))) return;
  const { provider, tries } = tried;
  const report = await verify(ctx, provider, tried.report).catch(async (error: unknown) => {
    // A no is an answer, too, and uses a try up.
    if (error instanceof ProviderError && error.kind === 'refused') await countRetry(ctx, tried);
    throw error;
  });
  const cause = { event: report.event, source: `provider:${provider}`, detail: report.detail };
  const applied = await ctx.store.write(async (trx) => {
    const followed = await applyReport(trx, provider, report, cause, ctx.now());
    const result = isLastTry(tries + 1)
      ? await flagUnclaimedRefund(trx, provider, report, followed, ctx.now())
      : followed;
    const became = deliveryState({ provider, report, tries: tries + 1 }, result, ctx.now());
    await trx
      .updateTable('provider_deliveries')
      .set(became)
      .where('provider', '=', provider)
      .where('delivery_id', '=', report.deliveryId)
      .execute();
    const gaveUp = became.report_json !== null && became.next_try_at === null;
    if (gaveUp) logDeferred(trx, { provider, delivery: report, outcome: became.outcome, gaveUp });
    return result;
  });
  publishOutcome(ctx, applied, report);
}

/** A refund that was never found to be ours is none of ours. */
async function flagUnclaimedRefund(
  trx: Writer,
  provider: ProviderName,
  report: ProviderDelivery,
  followed: Applied,
  now: number,
): Promise<Applied> {
  const { outcome, payment } = followed;
  if (outcome !== 'premature' || !payment || report.refund?.status !== 'succeeded') return followed;
  const attempt = await findReported(trx, provider, report);
  return attempt ? flagUnmatchedRefund(trx, payment, attempt, report.refund, now) : followed;
}

async function countRetry(ctx: Context, tried: DeferredWebhook): Promise<void> {
  await ctx.store.write((trx) =>
    trx
      .updateTable('provider_deliveries')
      .set(deferral({ ...tried, tries: tried.tries + 1 }, ctx.now()))
      .where('provider', '=', tried.provider)
      .where('delivery_id', '=', tried.report.deliveryId)
      .where('tries', '=', tried.tries)
      .where('next_try_at', 'is not', null)
      .execute(),
  );
}

/** The tries between the first and the last are not worth a line each. */
function logDeferred(
  trx: Writer,
  {
    provider,
    delivery,
    outcome,
    gaveUp = false,
  }: {
    readonly provider: ProviderName;
    readonly delivery: ProviderDelivery;
    readonly outcome: Outcome;
    readonly gaveUp?: boolean;
  },
): void {
  const { deliveryId, reference } = delivery;
  logAfterCommit(trx, {
    level: gaveUp ? 'warn' : 'info',
    fields: { provider, delivery_id: deliveryId, reference, outcome },
    message: gaveUp ? 'webhook given up' : 'webhook deferred',
  });
}

/** The same of a delivery's row: what came of it, and when it is to be tried again. */
function deliveryState(tried: DeferredWebhook, { outcome, payment }: Applied, now: number) {
  const again = outcome === 'unknown_payment' || outcome === 'premature';
  const { tries, ...next } = again ? deferral(tried, now) : { tries: tried.tries, ...DONE };
  return { outcome, payment_id: payment?.id ?? null, tries, ...next };
}

/** Takes what a provider answered when asked. */
export async function receiveStatus(
  ctx: Context,
  provider: ProviderName,
  report: ProviderReport,
): Promise<Applied> {
  const cause = { ...answerOf(provider), detail: report.detail };
  const applied = await ctx.store.write((trx) => applyReport(trx, provider, report, cause, ctx.now()));
  publishOutcome(ctx, applied, report);
  return applied;
}

/**
 * Takes a decision of our own (the clock's, the merchant's, the payer's), which knows nothing of money. `holds` is asked
 * in the same transaction: what the decision was made on may be another by now.
 */
export async function changeStatus(
  ctx: Context,
  paymentId: string,
  status: PaymentStatus,
  cause: Cause,
  holds: (payment: Payment, trx: Writer) => boolean | Promise<boolean> = () => true,
): Promise<Applied> {
  const applied = await ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    if (!payment) return { outcome: 'unknown_payment', payment: null } as const;
    if (!(await holds(payment, trx))) return { outcome: 'unchanged', payment } as const;
    return move(trx, payment, status, cause, ctx.now());
  });
  publishOutcome(ctx, applied, { reference: paymentId });
  return applied;
}

function publishOutcome(
  ctx: Context,
  { outcome, payment, followUp }: Applied,
  { reference, detail }: Pick<ProviderReport, 'reference' | 'detail'>,
): void {
  if (outcome === 'applied' && payment) {
    ctx.metrics.paymentReached(payment.status, payment.provider);
    ctx.announce(payment);
  }
  if (followUp) ctx.wakeReconciler();
  // Odd money is told to the merchant, too.
  ctx.wakeNotifier();
  // A change of the payment is logged with its history row.
  ctx.log.debug({ payment_id: payment?.id, reference, outcome, detail }, 'report taken');
}
