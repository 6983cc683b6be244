import { delayByAgeMs, scheduledMs, WEBHOOK_RETRIES_MS } from '../../lib/backoff.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Writer } from '../../store/store.ts';
import { findReported } from '../model/attempts.ts';
import { logAfterCommit } from '../model/history-log.ts';
import type { Applied, Outcome } from '../model/outcome.ts';
import { flagUnmatchedRefund } from '../refunds/apply-refund-report.ts';
import type { RefundContext } from '../refunds/send-refund.ts';
import { applyReport } from './apply-report.ts';
import { publishOutcome, type PublishContext } from './publish-outcome.ts';
import { confirmDelivery } from './webhook-trust.ts';

/** Retries before a webhook is given up: about 24 hours, like our own webhooks to merchants. */
const GIVE_UP_AFTER = 29;
/** A retry whose provider did not answer is repeated after a tenth of the webhook's age, at most after this time, ms. */
export const LONGEST_SILENT_PAUSE_MS = 6 * 3_600_000;
/** A webhook whose provider has not answered for this long is stored but not retried any more, ms. */
const SILENT_GIVE_UP_MS = 30 * 24 * 3_600_000;

/**
 * A verified webhook that cannot be applied yet. Either its payment is unknown, because a backup was restored or because the
 * webhook was faster than the answer to the create. Or it is about something that has not been reported yet. The webhook is
 * acknowledged, stored and retried.
 */
interface DeferredWebhook {
  readonly provider: ProviderName;
  readonly delivery: ProviderDelivery;
  /** Retries so far. A retry whose provider did not answer is not counted. */
  readonly tries: number;
}

/** A deferred webhook whose next retry is due. */
export interface DueWebhook extends DeferredWebhook {
  /** Unix ms. */
  readonly receivedAt: number;
  /** The planned time of the retry, unix ms. A row with another time has been retried meanwhile. */
  readonly nextTryAt: number | null;
}

function isLastTry(tries: number): boolean {
  return tries >= GIVE_UP_AFTER;
}

/** Returns the row's new values. After the last retry the webhook stays stored, so that a person can read it. */
function toDeferral({ delivery, tries }: DeferredWebhook, now: number) {
  const delay = scheduledMs(tries, WEBHOOK_RETRIES_MS);
  return {
    reportJson: JSON.stringify(delivery),
    tries,
    nextTryAt: isLastTry(tries) ? null : now + delay,
  };
}

/**
 * Plans the next retry before this one starts, as if the provider did not answer; this does not count as a retry. Returns
 * false when the webhook is no longer due. A webhook is given up only while the clock is reliable.
 */
async function claimRetry(
  trx: Writer,
  { provider, delivery, tries, receivedAt, nextTryAt }: DueWebhook,
  { now, isReliable }: { readonly now: number; readonly isReliable: boolean },
): Promise<boolean> {
  const age = now - receivedAt;
  const firstMs = scheduledMs(tries + 1, WEBHOOK_RETRIES_MS);
  const pause = delayByAgeMs(age, { share: 0.1, firstMs, longestMs: LONGEST_SILENT_PAUSE_MS });
  const { numUpdatedRows } = await trx
    .updateTable('providerDeliveries')
    .set({ nextTryAt: isReliable && age > SILENT_GIVE_UP_MS ? null : now + pause })
    .where('provider', '=', provider)
    .where('deliveryId', '=', delivery.deliveryId)
    .where('tries', '=', tries)
    .where('nextTryAt', '=', nextTryAt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The row's values when no retry is needed. */
const DONE = { reportJson: null, nextTryAt: null } as const;

/**
 * Confirms a deferred webhook again and applies it if that is possible now. Throws the provider's error when the provider
 * does not answer; the retry is not counted then.
 */
export async function retryDeferredWebhook(
  ctx: PublishContext & RefundContext & Pick<Context, 'clock'>,
  due: DueWebhook,
): Promise<void> {
  const when = { now: ctx.now(), isReliable: ctx.clock.isReliable() };
  if (!(await ctx.store.write((trx) => claimRetry(trx, due, when)))) return;
  const { provider } = due;
  const tries = due.tries + 1;
  const delivery = await confirmDelivery(ctx, provider, due.delivery).catch(async (error: unknown) => {
    // A refusal is an answer, so the retry is counted.
    if (error instanceof ProviderError && error.kind === 'refused') await countRetry(ctx, due);
    throw error;
  });
  const cause = { event: delivery.event, source: `provider:${provider}`, detail: delivery.detail };
  const result = await ctx.store.write(async (trx) => {
    const now = ctx.now();
    let applied = await applyReport(trx, { provider, report: delivery, cause, now });
    if (isLastTry(tries)) applied = await flagUnclaimedRefund(trx, { provider, delivery, applied, now });
    const state = toDeliveryState({ provider, delivery, tries }, applied, now);
    await trx
      .updateTable('providerDeliveries')
      .set(state)
      .where('provider', '=', provider)
      .where('deliveryId', '=', delivery.deliveryId)
      .execute();
    const gaveUp = state.reportJson !== null && state.nextTryAt === null;
    if (gaveUp) logDeferred(trx, { provider, delivery, outcome: state.outcome, gaveUp });
    return applied;
  });
  publishOutcome(ctx, result, delivery);
}

interface AppliedDelivery {
  readonly provider: ProviderName;
  readonly delivery: ProviderDelivery;
  readonly applied: Applied;
  readonly now: number;
}

/** After the last retry, flags a succeeded refund that never matched one of ours. */
async function flagUnclaimedRefund(
  trx: Writer,
  { provider, delivery, applied, now }: AppliedDelivery,
): Promise<Applied> {
  const { outcome, payment } = applied;
  const { refund: refundReport } = delivery;
  if (outcome !== 'premature' || !payment || refundReport?.status !== 'succeeded') return applied;
  const attempt = await findReported(trx, provider, delivery);
  return attempt ? flagUnmatchedRefund(trx, { payment, attempt, refundReport, now }) : applied;
}

async function countRetry({ store, now }: Pick<Context, 'store' | 'now'>, due: DueWebhook): Promise<void> {
  await store.write((trx) =>
    trx
      .updateTable('providerDeliveries')
      .set(toDeferral({ ...due, tries: due.tries + 1 }, now()))
      .where('provider', '=', due.provider)
      .where('deliveryId', '=', due.delivery.deliveryId)
      .where('tries', '=', due.tries)
      .where('nextTryAt', 'is not', null)
      .execute(),
  );
}

interface LoggedDelivery {
  readonly provider: ProviderName;
  readonly delivery: ProviderDelivery;
  readonly outcome: Outcome;
  readonly gaveUp?: boolean;
}

/** Logs the first deferral and the end of the retries. The retries between them are not logged. */
export function logDeferred(
  trx: Writer,
  { provider, delivery: { deliveryId, reference }, outcome, gaveUp = false }: LoggedDelivery,
): void {
  logAfterCommit(trx, {
    level: gaveUp ? 'warn' : 'info',
    fields: { provider, delivery_id: deliveryId, reference, outcome },
    message: gaveUp ? 'webhook given up' : 'webhook deferred',
  });
}

/** Returns the values of a delivery's row: its outcome, and the next retry if it is deferred. */
export function toDeliveryState(webhook: DeferredWebhook, { outcome, payment }: Applied, now: number) {
  const isDeferred = outcome === 'unknown_payment' || outcome === 'premature';
  const { tries, ...next } = isDeferred ? toDeferral(webhook, now) : { tries: webhook.tries, ...DONE };
  return { outcome, paymentId: payment?.id ?? null, tries, ...next };
}
