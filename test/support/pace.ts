/** Between two samples. */
const PAUSE_MS = 100;
/** Some 8 ms of work where nothing else goes on: long enough to be interrupted where something does. */
const STEPS = 4_000_000;
const STEPS_MS = 8;

/**
 * How slow this machine is, by nature or for the work that others give it: what a promise of time is measured against.
 * A fixed piece of work is done again and again beside the test, and its worst tenth counts.
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

  /** What a promise of `ms` comes to at the pace since the start, and never less. Ends the measuring. */
  stretch(ms: number): number {
    clearInterval(this.#timer);
    this.#sample();
    return ms * this.slowness;
  }

  /** 1 where the machine is as fast as one that is left alone, 5 where everything takes five times as long. */
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

/** A sum that no compiler can leave out. */
function work(steps: number): number {
  let sum = begunWith;
  for (let step = 0; step < steps; step++) sum = (Math.imul(sum, 1_664_525) + 1_013_904_223) | 0;
  return (begunWith = sum);
}
let begunWith = 1;
