import { reopenPause, streamPause } from './timing.ts';
import type { StreamEnd } from './stream.ts';

/** A stream must bring this before it is trusted: any bytes, bytes some time after the first ones, or a new snapshot. */
export type Proof = 'bytes' | 'late-bytes' | 'news';

/** Records how a session's streams have ended, and decides when the next one may be opened. Times are monotonic ms. */
export class StreamRecord {
  #needed: Proof = 'bytes';
  #failures = 0;
  #shortLives = 0;
  #notBefore = 0;

  /**
   * After a silent stream, first bytes prove nothing. After a silent stream with heartbeats, only a new snapshot is proof.
   */
  get needed(): Proof {
    return this.#needed;
  }

  isBarred(now: number): boolean {
    return now < this.#notBefore;
  }

  /** Notes that the open stream has brought the needed proof. Each call takes back one earlier failure. */
  proven(): void {
    this.#needed = 'bytes';
    this.#failures = Math.max(0, this.#failures - 1);
  }

  /** Notes the end of a stream. Returns how long to wait before anything else, ms. */
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
