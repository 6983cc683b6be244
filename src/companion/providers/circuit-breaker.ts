import { backoffMs, type Backoff } from '../lib/backoff.ts';
import { NoUsableResponse } from './provider-http.ts';
import { ProviderError } from './provider.ts';

/** Consecutive failures that count as an outage. */
const OPENS_AFTER = 8;
const PAUSE: Backoff = { firstMs: 2_000, longestMs: 30_000 };

/**
 * During an outage, calls fail at once instead of waiting for a timeout. After each pause one call goes through, to find
 * out whether the provider is back. A failure is a {@link NoUsableResponse}: no response, an error page, a rejected key.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  readonly #onOutage: (outage: boolean) => void;
  #failures = 0;
  #pausedUntil = -Infinity;
  #probing = false;

  /**
   * `now`: ms, from a clock that never jumps. `onOutage`: called with `true` once when an outage begins and with `false`
   * once when it ends.
   */
  constructor(
    now: () => number = () => performance.now(),
    onOutage: (outage: boolean) => void = () => undefined,
  ) {
    this.#now = now;
    this.#onOutage = onOutage;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const outage = this.#failures >= OPENS_AFTER;
    if (outage && (this.#probing || this.#now() < this.#pausedUntil)) {
      throw new ProviderError('unavailable', 'call skipped: the provider is in an outage', {
        mayHaveTakenEffect: false,
      });
    }
    this.#probing = outage;
    try {
      const result = await call();
      this.#succeed();
      return result;
    } catch (error) {
      if (error instanceof NoUsableResponse) this.#fail();
      else if (!wasSkipped(error)) this.#succeed();
      throw error;
    } finally {
      if (outage) this.#probing = false;
    }
  }

  #succeed(): void {
    if (this.#failures >= OPENS_AFTER) this.#onOutage(false);
    this.#failures = 0;
  }

  #fail(): void {
    this.#failures++;
    if (this.#failures === OPENS_AFTER) this.#onOutage(true);
    const pauses = this.#failures - OPENS_AFTER;
    if (pauses < 0) return;
    this.#pausedUntil = this.#now() + backoffMs(pauses, PAUSE);
  }
}

/** True if our own code did not send the call, so that it says nothing about the provider. */
function wasSkipped(error: unknown): boolean {
  return error instanceof ProviderError && !error.mayHaveTakenEffect;
}
