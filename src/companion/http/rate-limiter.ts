const MINUTE_MS = 60_000;
/** Some 10 MB at worst. Beyond it the longest unused keys are forgotten, and start with a whole allowance again. */
const MAX_KEYS = 50_000;

interface Options {
  /** Calls a minute and key; that many may also come at once. 0 lets everything through. */
  readonly perMinute: number;
  /** Milliseconds on a clock that never jumps. */
  readonly now?: () => number;
  readonly maxKeys?: number;
}

/**
 * A leaky bucket per key, kept as one number: the moment at which the key's allowance is whole again. A key unused
 * for a minute is the same as an unknown one, so it is dropped.
 */
export class RateLimiter {
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #maxKeys: number;
  /** Least recently used first. */
  readonly #wholeAt = new Map<string, number>();

  constructor({ perMinute, now = () => performance.now(), maxKeys = MAX_KEYS }: Options) {
    this.#intervalMs = perMinute === 0 ? 0 : MINUTE_MS / perMinute;
    this.#now = now;
    this.#maxKeys = maxKeys;
  }

  /** Counts one call. Answers 0, or in how many ms the next one will be let through; a refused call is not counted. */
  take(key: string): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.#now();
    const wholeAt = Math.max(now, this.#wholeAt.get(key) ?? now) + this.#intervalMs;
    const waitMs = wholeAt - now - MINUTE_MS;
    // Sums of fractions: a hair over the minute is still the last call of the allowance.
    if (waitMs > 1e-6) return waitMs;
    this.#wholeAt.delete(key);
    this.#wholeAt.set(key, wholeAt);
    this.#forget(now);
    return 0;
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
