import type { Message } from './simulator.ts';

/** As Smart Glocal documents it: for half an hour, at growing intervals of a quarter of one at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
const GIVE_UP_MS = 30 * 60_000;

/** Sends messages until they are taken, and other things later; forgets all of it when it is closed. */
export class Redelivery {
  readonly #send: (message: Message) => Promise<number | null>;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** `send` answers the status, or `null` when nobody was there. */
  constructor(send: (message: Message) => Promise<number | null>) {
    this.#send = send;
  }

  /** Resolves when it was taken, or was not for the first time. */
  async deliver(message: Message, pauseMs = FIRST_PAUSE_MS, begun = Date.now()): Promise<void> {
    const status = await this.#send(message);
    if ((status !== null && status < 300) || Date.now() - begun > GIVE_UP_MS) return;
    const next = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    this.later(pauseMs, () => this.deliver(message, next, begun));
  }

  later(ms: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void work();
    }, ms);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
