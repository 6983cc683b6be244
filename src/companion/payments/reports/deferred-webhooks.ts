import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Writer } from '../../store/store.ts';
import { delayByAgeMs, scheduledMs, WEBHOOK_RETRIES_MS } from '../../lib/backoff.ts';

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
export interface DeferredWebhook {
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
export function isLastTry(tries: number): boolean {
  return tries >= GIVE_UP_AFTER;
}

/** What its row says from now on. After the last try it stays stored, for a person to look at. */
export function deferral({ report, tries }: DeferredWebhook, now: number) {
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
export async function claimRetry(
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
export const DONE = { report_json: null, next_try_at: null } as const;

/** Makes due what a clock has put off that has been set back since. */
export async function bringDeferredForward(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('provider_deliveries')
    .set({ next_try_at: now })
    .where('next_try_at', '>', now + LONGEST_SILENT_PAUSE_MS)
    .execute();
}
