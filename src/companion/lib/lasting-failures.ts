/** A failure is reported once it has lasted this long (ms) and for this many tries. Most failures end sooner. */
const LASTS_MS = 5 * 60_000;
const TRIES = 3;
/** Above this number the subjects that have failed longest are forgotten, and may be reported again. */
const MAX_SUBJECTS = 10_000;

interface Failing {
  readonly since: number;
  tries: number;
  reported: boolean;
}

/** Remembers what fails since when, so that a lasting failure is reported once and not with every try. */
export class LastingFailures {
  readonly #now: () => number;
  readonly #failing = new Map<string, Failing>();

  /** `now` in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a failed try. Returns true once, when the subject has failed for five minutes and at least three times. */
  failed(subject: string): boolean {
    const now = this.#now();
    const failing = this.#failing.get(subject) ?? { since: now, tries: 0, reported: false };
    this.#failing.set(subject, failing);
    failing.tries++;
    if (this.#failing.size > MAX_SUBJECTS) this.#failing.delete(this.#failing.keys().next().value!);
    if (failing.reported || failing.tries < TRIES || now - failing.since < LASTS_MS) return false;
    failing.reported = true;
    return true;
  }

  /** Forgets the failures of the subject. Returns true if they had been reported. */
  succeeded(subject: string): boolean {
    const reported = this.#failing.get(subject)?.reported ?? false;
    this.#failing.delete(subject);
    return reported;
  }
}
