/** The pause between two samples, ms. */
const PAUSE_MS = 100;
/** About 8 ms of work on an idle machine: long enough to be interrupted on a busy one. */
const STEPS = 4_000_000;
const STEPS_MS = 8;

/**
 * Measures how slow this machine is, also because of other work, so that a test can scale its time limits. It repeats a
 * fixed piece of work during the test and uses the slowest tenth.
 */
export class Pace {
  readonly #samples: number[] = [];
  readonly #timer = setInterval(() => this.#sample(), PAUSE_MS);

  private constructor() {
    this.#sample();
  }

  static start(): Pace {
    return new Pace();
  }

  /**
   * Returns a time limit of `ms` scaled by the slowness since the start, and never less than `ms`. Ends the
   * measurement.
   */
  stretch(ms: number): number {
    clearInterval(this.#timer);
    this.#sample();
    return ms * this.slowness;
  }

  /** 1 on an idle machine; 5 when everything takes five times as long. */
  get slowness(): number {
    const worstFirst = this.#samples.toSorted((a, b) => b - a);
    const worst = worstFirst.slice(0, Math.ceil(worstFirst.length / 10));
    const mean = worst.reduce((sum, ms) => sum + ms, 0) / worst.length;
    return Math.max(1, mean / STEPS_MS);
  }

  #sample(): void {
    const begun = performance.now();
    work(STEPS);
    this.#samples.push(performance.now() - begun);
  }
}

/** A sum that the compiler cannot remove. */
function work(steps: number): number {
  let sum = begunWith;
  for (let step = 0; step < steps; step++) sum = (Math.imul(sum, 1_664_525) + 1_013_904_223) | 0;
  return (begunWith = sum);
}
let begunWith = 1;
