import type { Environment } from './environment.ts';

/**
 * When to check with the bank after the payer's return, ms. Most payers have paid by then, but some banks report it later.
 */
const AFTER_RETURN_MS = [0, 2_000, 4_000, 8_000, 15_000];

/** The series of checks with the bank after the payer's return. One series at a time. */
export class BankChecks {
  readonly #environment: Pick<Environment, 'after'>;
  readonly #ask: () => void;
  #cancels: readonly (() => void)[] = [];
  #running = false;

  constructor(environment: Pick<Environment, 'after'>, ask: () => void) {
    this.#environment = environment;
    this.#ask = ask;
  }

  /** Starts a series, unless one is running: one return causes several events. */
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
