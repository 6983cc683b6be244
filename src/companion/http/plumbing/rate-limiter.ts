/** Some 10 MB at worst. Beyond it the longest unused keys are forgotten, and start with a whole allowance again. */
const MAX_KEYS = 50_000;

interface Options {
  /** To each key in `perMs`; that many may also come at once. 0 lets everything through. */
  readonly calls: number;
  readonly perMs: number;
  /** Milliseconds on a clock that never jumps. */
  readonly now?: () => number;
  readonly maxKeys?: number;
}

/**
 * A leaky bucket per key, kept as one number: the moment at which the key's allowance is whole again. From then on it is
 * the same as an unknown one, so it is dropped.
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

  /** Counts one call. Answers 0, or in how many ms the next one will be let through; a refused call is not counted. */
  take(key: string): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.#now();
    const wholeAt = Math.max(now, this.#wholeAt.get(key) ?? now) + this.#intervalMs;
    const waitMs = wholeAt - now - this.#perMs;
    // Sums of fractions: a hair over is still the last call of the allowance.
    if (waitMs > 1e-6) return waitMs;
    this.#wholeAt.delete(key);
    this.#wholeAt.set(key, wholeAt);
    this.#forget(now);
    return 0;
  }

  /** Uncounts one: the call came to nothing. */
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
