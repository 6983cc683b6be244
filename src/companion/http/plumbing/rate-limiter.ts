/** About 10 MB at most. Above it the least recently used keys are dropped, and start again with a full allowance. */
const MAX_KEYS = 50_000;

interface Options {
  /** The number of calls of one key in `perMs`. A key may use all of them at once. 0 turns the limit off. */
  readonly calls: number;
  readonly perMs: number;
  /** Monotonic clock, ms. Defaults to `performance.now`. */
  readonly now?: () => number;
  readonly maxKeys?: number;
}

/**
 * A leaky bucket per key, stored as one number: the time at which the key's allowance is full again. After that time the
 * key is the same as an unknown key, and is dropped.
 */
export class RateLimiter {
  readonly #intervalMs: number;
  readonly #perMs: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  /** Least recently used first. */
  readonly #wholeAt = new Map<string, number>();

  constructor({ calls, perMs, now = () => performance.now(), maxKeys = MAX_KEYS }: Options) {
    this.#intervalMs = calls === 0 ? 0 : perMs / calls;
    this.#perMs = perMs;
    this.#now = now;
    this.#maxKeys = maxKeys;
  }

  /** Counts one call. Returns 0, or the ms until the next call is allowed: then the call is refused and not counted. */
  take(key: string): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.#now();
    const wholeAt = Math.max(now, this.#wholeAt.get(key) ?? now) + this.#intervalMs;
    const waitMs = wholeAt - now - this.#perMs;
    // Allow for rounding errors in the sum of fractions.
    if (waitMs > 1e-6) return waitMs;
    this.#wholeAt.delete(key);
    this.#wholeAt.set(key, wholeAt);
    this.#forget(now);
    return 0;
  }

  /** Takes back one counted call that had no effect. */
  giveBack(key: string): void {
    const wholeAt = this.#wholeAt.get(key);
    if (wholeAt !== undefined) this.#wholeAt.set(key, wholeAt - this.#intervalMs);
  }

  get size(): number {
    return this.#wholeAt.size;
  }

  #forget(now: number): void {
    for (const [key, wholeAt] of this.#wholeAt) {
      if (wholeAt > now && this.#wholeAt.size <= this.#maxKeys) return;
      this.#wholeAt.delete(key);
    }
  }
}
