import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A longer jump of the wall clock means that the machine slept: timers are never so late. */
const JUMP_MS = 3_000;

export interface CountdownOptions {
  /** Returns the time left, ms; `null` while there is nothing to count. */
  readonly left: () => number | null;
  /** Called once a second, when the number of seconds left changes, and at zero. */
  readonly tick: () => void;
  /** Called when the wall clock has jumped ahead of the monotonic clock: the machine slept. There may be no other sign. */
  readonly jumped: () => void;
}

/** Calls `tick` when the seconds left change. Stores no time: `left` computes it. */
export class Countdown implements ReactiveController {
  readonly #options: CountdownOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drift = 0;

  constructor(host: ReactiveControllerHost, options: CountdownOptions) {
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#stop();
  }

  /** Call after each redraw of the host. Starts or stops the timer; the next tick is due at the next full second. */
  follow(counting: boolean): void {
    if (!counting) this.#stop();
    else if (this.#timer === undefined) this.#schedule();
  }

  #schedule(): void {
    const left = this.#options.left();
    this.#drift = drift();
    this.#timer = setTimeout(() => this.#tick(), left === null || left === 0 ? 1_000 : left % 1_000 || 1_000);
  }

  #tick(): void {
    this.#timer = undefined;
    if (Math.abs(drift() - this.#drift) > JUMP_MS) this.#options.jumped();
    this.#options.tick();
    this.#schedule();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function drift(): number {
  return Date.now() - performance.now();
}
