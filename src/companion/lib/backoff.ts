/** How delays grow with each retry. */
export interface Backoff {
  /** The delay before the first retry, ms. */
  readonly firstMs: number;
  /** The cap, ms. */
  readonly longestMs: number;
  /** The factor between two delays. Defaults to 2. */
  readonly growth?: number;
}

/** Returns the delay (ms) before the next retry, after `retries` earlier ones. */
export function backoffMs(retries: number, { firstMs, longestMs, growth = 2 }: Backoff): number {
  return Math.min(firstMs * growth ** retries, longestMs);
}

/** Returns the delay (ms) before the next retry, after `retries` earlier ones. The last delay of the schedule repeats. */
export function scheduledMs(retries: number, schedule: readonly number[]): number {
  return schedule[Math.min(retries, schedule.length - 1)]!;
}

/** Returns a delay (ms) that is a share of the age, within bounds. */
export function delayByAgeMs(
  ageMs: number,
  {
    share,
    firstMs,
    longestMs,
  }: { readonly share: number; readonly firstMs: number; readonly longestMs: number },
): number {
  return Math.min(Math.max(firstMs, Math.round(ageMs * share)), longestMs);
}

/** Returns the delay (ms) times a random factor, so that clients that failed together do not retry together. */
export function jitteredMs(
  delayMs: number,
  [least, most]: readonly [number, number],
  random: () => number = Math.random,
): number {
  return delayMs * (least + (most - least) * random());
}

/** The delays (ms) after which a webhook is retried, sent or received. */
export const WEBHOOK_RETRIES_MS = [5_000, 20_000, 60_000, 300_000, 900_000, 3_600_000];
