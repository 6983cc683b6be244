/** A failure is worth a person's look once it has lasted this long (ms) and this many tries; shorter ones end by themselves. */
const LASTS_MS = 5 * 60_000;
const TRIES = 3;
/** Beyond it the longest failing subjects are forgotten, and may be told of once more. */
const MAX_SUBJECTS = 10_000;

interface Failing {
  readonly since: number;
  tries: number;
  told: boolean;
}

/** Remembers what fails and since when, so that a failure that lasts is told once, and not with every try. */
export class LastingFailures {
  readonly #now: () => number;
  readonly #failing = new Map<string, Failing>();

  /** `now` in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a try in vain. `true` once: when it has failed for five minutes, and three times at least. */
  failed(subject: string): boolean {
    const now = this.#now();
    const failing = this.#failing.get(subject) ?? { since: now, tries: 0, told: false };
    this.#failing.set(subject, failing);
    failing.tries++;
    if (this.#failing.size > MAX_SUBJECTS) this.#failing.delete(this.#failing.keys().next().value!);
    if (failing.told || failing.tries < TRIES || now - failing.since < LASTS_MS) return false;
    failing.told = true;
    return true;
  }

  /** It works: the next failure is a first one. `true` when it had been told that it did not. */
  succeeded(subject: string): boolean {
    const told = this.#failing.get(subject)?.told ?? false;
    this.#failing.delete(subject);
    return told;
  }
}
