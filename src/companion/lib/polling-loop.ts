/** The least time between two rounds, ms: one round serves many calls of `wake`. */
const PAUSE_MS = 20;
/** The delay after a round that threw, ms. */
const AFTER_ERROR_MS = 2_000;

/**
 * Repeats `work`, never twice at once. Each round returns the ms until the next. `wake` starts a round now; during a round
 * it starts another one soon after, since the current round may have read its rows already.
 */
export class PollingLoop {
  readonly #work: () => Promise<number>;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #lastEnd = -Infinity;
  #closed = false;

  constructor(work: () => Promise<number>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  wake(): void {
    if (this.#running) this.#again = true;
    else this.#plan(Math.max(0, this.#lastEnd + PAUSE_MS - performance.now()));
  }

  /** Stops the loop. Resolves when the current round has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  #plan(delayMs: number): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, delayMs);
  }

  async #run(): Promise<void> {
    let next = AFTER_ERROR_MS;
    try {
      next = await this.#work();
    } catch (error) {
      this.#onError(error);
    }
    this.#running = null;
    this.#lastEnd = performance.now();
    this.#plan(Math.max(PAUSE_MS, this.#again ? 0 : next));
    this.#again = false;
  }
}
