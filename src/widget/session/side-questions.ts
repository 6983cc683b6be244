import type { Environment } from './environment.ts';

/** Requests during an open stream, one after another. */
export class SideQuestions {
  readonly #environment: Pick<Environment, 'after'>;
  readonly #ask: () => Promise<number | null>;
  #cancel: (() => void) | null = null;
  #stopped = false;

  /** `ask` returns when the next request is due, in ms from then; `null` for never. */
  constructor(environment: Pick<Environment, 'after'>, ask: () => Promise<number | null>) {
    this.#environment = environment;
    this.#ask = ask;
  }

  /** Schedules the next request in `ms`. Replaces the earlier schedule. */
  within(ms: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    const cancel = this.#environment.after(ms, () => {
      void this.#ask().then((next) => {
        // Keep a schedule that was set while the request was running.
        if (next !== null && this.#cancel === cancel) this.within(next);
      });
    });
    this.#cancel = cancel;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }
}
