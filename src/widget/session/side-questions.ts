import type { Environment } from './environment.ts';

/** Questions beside an open stream, one after another. */
export class SideQuestions {
  readonly #environment: Pick<Environment, 'after'>;
  readonly #ask: () => Promise<number | null>;
  #cancel: (() => void) | null = null;
  #stopped = false;

  /** `ask` returns after how many ms the next one is due; `null` for never. */
  constructor(environment: Pick<Environment, 'after'>, ask: () => Promise<number | null>) {
    this.#environment = environment;
    this.#ask = ask;
  }

  /** Asks `ms` from now, instead of when it was to be before. */
  within(ms: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    const cancel = this.#environment.after(ms, () => {
      void this.#ask().then((next) => {
        // Unless it was put off meanwhile.
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
