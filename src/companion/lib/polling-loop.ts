/** Between two rounds, however often it is woken: in a storm of calls one look serves many of them. */
const PAUSE_MS = 20;
/** Waits at most this long after a round that threw. */
const AFTER_ERROR_MS = 2_000;

/**
 * Repeats a piece of work, never twice at once: each round answers in how many ms the next is due, and `wake` asks
 * for one now (during a round: soon after it, since that round may have looked already).
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

  /** Resolves when the round under way is over; there will be no other. */
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
