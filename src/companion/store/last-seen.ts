import type { FastifyBaseLogger } from 'fastify';
import { takeBackFutureTimes } from './future-times.ts';
import { PollingLoop } from '../lib/polling-loop.ts';
import type { Store } from './store.ts';
import type { WallClock } from '../lib/wall-clock.ts';

const EVERY_MS = 60_000;

/** Returns the last time that an earlier process of this companion stored, unix ms; `null` when there is none. */
export async function readLastSeen(store: Pick<Store, 'read'>): Promise<number | null> {
  const row = await store.read.selectFrom('clock').select('seenAt').executeTakeFirst();
  return row?.seenAt ?? null;
}

interface Parts {
  readonly store: Store;
  readonly clock: WallClock;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
}

/**
 * Stores the time each minute and on shutdown, so that the next process can compare its clock with it. Only a reliable time
 * is stored: a restart while the clock is wrong must not trust the wrong time.
 */
export class LastSeen {
  readonly #parts: Parts;
  readonly #loop: PollingLoop;
  /** True while times written by a wrong clock may still have to be corrected. */
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
    // A failing store must not prevent the shutdown.
    await this.#keep().catch(() => undefined);
  }

  async #keep(): Promise<number> {
    const { store, clock, now } = this.#parts;
    const wait = clock.reliableInMs();
    this.#toTakeBack ||= wait > 0;
    if (wait > 0) return Math.min(wait, EVERY_MS);
    const seenAt = now();
    await store.write(async (trx) => {
      await trx
        .insertInto('clock')
        .values({ id: 1, seenAt })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ seenAt }))
        .execute();
      if (this.#toTakeBack) await takeBackFutureTimes(trx, seenAt);
    });
    this.#toTakeBack = false;
    return EVERY_MS;
  }
}
