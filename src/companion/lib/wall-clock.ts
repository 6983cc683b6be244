/** A larger step of the wall clock is not a correction of a working clock, ms. */
const STEP_MS = 3_600_000;
/** The same limit between two runs of the process, ms: the last seen time may be a minute old, and a restart takes minutes. */
const STEP_AT_START_MS = 5 * 60_000;
/** How long the two clocks must agree before the wall clock is reliable again, ms. */
const AGREED_FOR_MS = 10 * 60_000;

export interface WallClockOptions {
  /** Unix time in ms. */
  readonly now: () => number;
  /** Milliseconds of a clock that is never set. Only the difference of two readings has a meaning. */
  readonly monotonic: () => number;
  /** Called once for each step, with its length in ms (negative: back). */
  readonly onStep?: (stepMs: number) => void;
}

/**
 * Tells whether the wall clock is reliable enough for actions that cannot be undone: ending payments, giving up deliveries,
 * erasing data. A clock may jump ahead a year and come back within a minute. The clock is unreliable when two readings, up to
 * ten minutes apart, disagree with the monotonic clock by more than an hour, and for ten minutes after that. Between two runs
 * of the process a step counts from five minutes on. A forward step there looks the same as time in which nothing ran.
 */
export class WallClock {
  readonly #options: WallClockOptions;
  /** Readings of both clocks to compare with, at most {@link AGREED_FOR_MS} old. */
  #wall: number;
  #monotonic: number;
  #reliableFrom = -Infinity;

  constructor(options: WallClockOptions) {
    this.#options = options;
    this.#wall = options.now();
    this.#monotonic = options.monotonic();
  }

  /** Compares with the last time that an earlier run has seen (unix ms); `null` on the first run. */
  resume(seenAt: number | null): void {
    if (seenAt === null) return;
    const step = this.#options.now() - seenAt;
    if (step > STEP_AT_START_MS || step < -STEP_AT_START_MS) this.#suspend(step);
  }

  /** Returns the ms until the clock is reliable; 0 when it is reliable now. */
  reliableInMs(): number {
    const { now, monotonic } = this.#options;
    const [wall, steady] = [now(), monotonic()];
    const passed = steady - this.#monotonic;
    const step = wall - this.#wall - passed;
    if (Math.abs(step) > STEP_MS) this.#suspend(step);
    if (Math.abs(step) > STEP_MS || passed >= AGREED_FOR_MS) {
      this.#wall = wall;
      this.#monotonic = steady;
    }
    return Math.max(0, this.#reliableFrom - steady);
  }

  isReliable(): boolean {
    return this.reliableInMs() === 0;
  }

  #suspend(step: number): void {
    this.#reliableFrom = this.#options.monotonic() + AGREED_FOR_MS;
    this.#options.onStep?.(step);
  }
}
