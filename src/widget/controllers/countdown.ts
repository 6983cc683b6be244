import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** More than timers are ever late by; less than anyone's nap. */
const JUMP_MS = 3_000;

export interface CountdownOptions {
  /** Milliseconds to go; `null` while there is nothing to count. */
  readonly left: () => number | null;
  /** Once a second, on the second, and at zero. */
  readonly tick: () => void;
  /** The wall clock ran away from the monotonic one: the machine slept, perhaps without any other sign of it. */
  readonly jumped: () => void;
}

/** Redraws its host when the seconds of the time left change. Holds no time of its own. */
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

  /** The host has redrawn: whatever changed, the next tick is due at the next full second. */
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
