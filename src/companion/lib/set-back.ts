/**
 * Notices a clock that was set back, at the first look as well: it may have been while nothing ran. What another clock
 * has planned for in a minute may then be a day away.
 */
export class SetBack {
  #lookedAt = Infinity;

  /** `planAnew` is called again at the next look when it fails. */
  async heed(now: number, planAnew: () => Promise<unknown>): Promise<void> {
    if (now < this.#lookedAt) await planAnew();
    this.#lookedAt = now;
  }
}
