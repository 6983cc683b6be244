import { NoAnswer } from './provider-http.ts';
import { ProviderError } from './provider.ts';
import { backoffMs, type Backoff } from '../lib/backoff.ts';

/** So many calls in a row without an answer are an outage, not an accident. */
const OPENS_AFTER = 8;
const REST: Backoff = { firstMs: 2_000, longestMs: 30_000 };

/**
 * A circuit breaker: during an outage callers are told at once, instead of each waiting for a time-out, and the
 * provider is left alone but for one call now and then that tries whether it is back. An outage is what says nothing of
 * the payment ({@link NoAnswer}): silence, an error page, a call that is turned away at the door.
 */
export class Circuit {
  readonly #now: () => number;
  readonly #tell: (outage: boolean) => void;
  #failures = 0;
  #restUntil = -Infinity;
  #trying = false;

  /** `now` in ms, on a clock that never jumps. `tell` hears once of each outage, and of its end. */
  constructor(
    now: () => number = () => performance.now(),
    tell: (outage: boolean) => void = () => undefined,
  ) {
    this.#now = now;
    this.#tell = tell;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    const outage = this.#failures >= OPENS_AFTER;
    if (outage && (this.#trying || this.#now() < this.#restUntil)) {
      throw new ProviderError('unavailable', 'not asked: the provider has not answered for a while', {
        asked: false,
      });
    }
    this.#trying = outage;
    try {
      const answer = await call();
      this.#answered();
      return answer;
    } catch (error) {
      if (error instanceof NoAnswer) this.#fail();
      else if (!leftUnasked(error)) this.#answered();
      throw error;
    } finally {
      if (outage) this.#trying = false;
    }
  }

  #answered(): void {
    if (this.#failures >= OPENS_AFTER) this.#tell(false);
    this.#failures = 0;
  }

  #fail(): void {
    this.#failures++;
    if (this.#failures === OPENS_AFTER) this.#tell(true);
    const rests = this.#failures - OPENS_AFTER;
    if (rests < 0) return;
    this.#restUntil = this.#now() + backoffMs(rests, REST);
  }
}

/** Whom we had our own reasons not to ask has neither answered nor failed to. */
function leftUnasked(error: unknown): boolean {
  return error instanceof ProviderError && !error.asked;
}
