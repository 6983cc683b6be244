import type { Environment } from './environment.ts';

/** When the bank is asked after a payer has come back from it, ms: most have paid, some banks take a moment to say so. */
const AFTER_RETURN_MS = [0, 2_000, 4_000, 8_000, 15_000];

/** The questions that follow a return from the bank. One series at a time. */
export class BankChecks {
  readonly #environment: Pick<Environment, 'after'>;
  readonly #ask: () => void;
  #cancels: readonly (() => void)[] = [];
  #running = false;

  constructor(environment: Pick<Environment, 'after'>, ask: () => void) {
    this.#environment = environment;
    this.#ask = ask;
  }

  /** Begins a series; while one runs nothing: several signs tell of one return. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#cancels = AFTER_RETURN_MS.map((ms, i) =>
      this.#environment.after(ms, () => {
        if (i === AFTER_RETURN_MS.length - 1) this.#running = false;
        this.#ask();
      }),
    );
  }

  stop(): void {
    this.#running = false;
    for (const cancel of this.#cancels) cancel();
  }
}
