import { delayByAgeMs, scheduledMs, WEBHOOK_RETRIES_MS } from '../../lib/backoff.ts';
import type { Context } from '../context.ts';
import { ProviderError, type ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Writer } from '../../store/store.ts';
import { findReported } from '../model/attempts.ts';
import { logAfterCommit } from '../model/history-log.ts';
import type { Applied, Outcome } from '../model/outcome.ts';
import { flagUnmatchedRefund } from '../refunds/apply-refund-report.ts';
import { applyReport } from './apply-report.ts';
import { publishOutcome } from './publish-outcome.ts';

/** Some 24 hours, as long as we try to reach a merchant. */
const GIVE_UP_AFTER = 29;
/** A try for which the provider could not be asked is made again after a tenth of the webhook's age, at most this. */
const LONGEST_SILENT_PAUSE_MS = 6 * 3_600_000;
/** A webhook that nobody could be asked about for so long stays stored, and is tried no more. */
const SILENT_GIVE_UP_MS = 30 * 24 * 3_600_000;

/**
 * A verified webhook that cannot be followed yet: its payment is unknown (a restored backup, a report that overtook
 * the answer to the create), or what it speaks of has not been reported. Acknowledged and stored, it is tried again.
 */
interface DeferredWebhook {
  readonly provider: ProviderName;
  readonly report: ProviderDelivery;
  /** How often it was tried again, its provider asked where it has to be. */
  readonly tries: number;
}

/** One that is due. */
export interface DueWebhook extends DeferredWebhook {
  /** When it came, unix ms. */
  readonly receivedAt: number;
}

/** Whether nothing more is tried after so many further tries. */
function isLastTry(tries: number): boolean {
  return tries >= GIVE_UP_AFTER;
}

/** What its row says from now on. After the last try it stays stored, for a person to look at. */
function deferral({ report, tries }: DeferredWebhook, now: number) {
  const delay = scheduledMs(tries, WEBHOOK_RETRIES_MS);
  return {
    report_json: JSON.stringify(report),
    tries,
    next_try_at: isLastTry(tries) ? null : now + delay,
  };
}

/**
 * Puts the next try off before this one begins, as if its provider could not be asked: that uses up no try. `false` when
 * it is not due any more. Nothing is given up by a clock that may not be relied upon.
 */
async function claimRetry(
  trx: Writer,
  tried: DueWebhook,
  { now, isReliable }: { readonly now: number; readonly isReliable: boolean },
): Promise<boolean> {
  const age = now - tried.receivedAt;
  const firstMs = scheduledMs(tried.tries + 1, WEBHOOK_RETRIES_MS);
  const pause = delayByAgeMs(age, { share: 0.1, firstMs, longestMs: LONGEST_SILENT_PAUSE_MS });
  const { numUpdatedRows } = await trx
    .updateTable('provider_deliveries')
    .set({ next_try_at: isReliable && age > SILENT_GIVE_UP_MS ? null : now + pause })
    .where('provider', '=', tried.provider)
    .where('delivery_id', '=', tried.report.deliveryId)
    .where('tries', '=', tried.tries)
    .where('next_try_at', '<=', now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What the row of a delivery says that needs no further try. */
const DONE = { report_json: null, next_try_at: null } as const;

/** Makes due what a clock has put off that has been set back since. */
export async function bringDeferredForward(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('provider_deliveries')
    .set({ next_try_at: now })
    .where('next_try_at', '>', now + LONGEST_SILENT_PAUSE_MS)
    .execute();
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
export function logDeferred(
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
export function deliveryState(tried: DeferredWebhook, { outcome, payment }: Applied, now: number) {
  const again = outcome === 'unknown_payment' || outcome === 'premature';
  const { tries, ...next } = again ? deferral(tried, now) : { tries: tried.tries, ...DONE };
  return { outcome, payment_id: payment?.id ?? null, tries, ...next };
}
