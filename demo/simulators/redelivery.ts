import type { Message } from './simulator.ts';

/** As Smart Glocal documents it: for half an hour, at growing intervals of at most a quarter of an hour. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
const GIVE_UP_MS = 30 * 60_000;

/** Sends messages until they are accepted, and runs other work later. {@link close} cancels everything. */
export class Redelivery {
  readonly #send: (message: Message) => Promise<number | null>;
  readonly #timers = new Set<NodeJS.Timeout>();

  /** `send` resolves to the status, or to `null` when the companion could not be reached. */
  constructor(send: (message: Message) => Promise<number | null>) {
    this.#send = send;
  }

  /** Resolves after the first delivery, whether or not it was accepted. */
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
