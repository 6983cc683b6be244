import { reopenPause, streamPause } from './timing.ts';
import type { StreamEnd } from './stream.ts';

/** A stream has to bring one of these before it is relied upon: any bytes; bytes that come late; a snapshot that is news. */
export type Proof = 'bytes' | 'late-bytes' | 'news';

/** How a session's streams have ended so far, and when the next one may be opened. Times are monotonic, ms. */
export class StreamRecord {
  #needed: Proof = 'bytes';
  #failures = 0;
  #shortLives = 0;
  #notBefore = 0;

  /** After a silence first bytes prove nothing, and after one with heartbeats no bytes do. */
  get needed(): Proof {
    return this.#needed;
  }

  isBarred(now: number): boolean {
    return now < this.#notBefore;
  }

  /** The open stream has brought what was needed, or has once more. Step by step the former failures are forgotten. */
  proven(): void {
    this.#needed = 'bytes';
    this.#failures = Math.max(0, this.#failures - 1);
  }

  /** Notes the end of a stream. Returns for how long nothing else is to be done, ms. */
  ended(end: StreamEnd, now: number, random: number): number {
    if (end.kind === 'dropped') {
      if (this.#needed === 'bytes') this.#failures = 0;
      this.#shortLives = end.short ? this.#shortLives + 1 : 0;
      if (this.#shortLives > 4) this.#notBefore = now + streamPause(this.#shortLives - 4, random);
      return reopenPause(this.#shortLives, end.retryMs, random);
    }
    if (end.kind === 'silent') this.#needed = end.hasBeaten ? 'news' : 'late-bytes';
    const isCertain = end.kind !== 'failed' || end.certain;
    this.#failures += isCertain ? 2 : 1;
    const wait = this.#failures > 1 ? streamPause(this.#failures - 1, random) : 0;
    this.#notBefore = now + Math.max(wait, end.kind === 'failed' ? end.pauseMs : 0);
    return 0;
  }
}
