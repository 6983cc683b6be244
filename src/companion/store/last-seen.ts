import type { FastifyBaseLogger } from 'fastify';
import { takeBackFutureTimes } from './future-times.ts';
import { PollingLoop } from '../lib/polling-loop.ts';
import type { Store } from './store.ts';
import type { WallClock } from '../lib/wall-clock.ts';

const EVERY_MS = 60_000;

/** The time that an earlier life of this companion has seen last, unix ms; `null` for none. */
export async function readLastSeen(store: Pick<Store, 'read'>): Promise<number | null> {
  const row = await store.read.selectFrom('clock').select('seen_at').executeTakeFirst();
  return row?.seen_at ?? null;
}

interface Parts {
  readonly store: Store;
  readonly clock: WallClock;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
}

/**
 * Stores the time each minute, and at the end, for the next life to compare its clock with. Only a time that may be
 * relied upon: a restart while the clock is wrong must not take the wrong time for a known one.
 */
export class LastSeen {
  readonly #parts: Parts;
  readonly #loop: PollingLoop;
  /** Whether what a wrong clock may have written is still to be looked for. */
  #toTakeBack = true;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#loop = new PollingLoop(
      () => this.#keep(),
      (error) => parts.log.warn({ err: error }, 'last seen time not stored'),
    );
  }

  start(): void {
    this.#loop.wake();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    // A store that takes no writes now is no reason not to stop.
    await this.#keep().catch(() => undefined);
  }

  async #keep(): Promise<number> {
    const { store, clock, now } = this.#parts;
    const wait = clock.reliableInMs();
    this.#toTakeBack ||= wait > 0;
    if (wait > 0) return Math.min(wait, EVERY_MS);
    const seen_at = now();
    await store.write(async (trx) => {
      await trx
        .insertInto('clock')
        .values({ id: 1, seen_at })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at }))
        .execute();
      if (this.#toTakeBack) await takeBackFutureTimes(trx, seen_at);
    });
    this.#toTakeBack = false;
    return EVERY_MS;
  }
}
