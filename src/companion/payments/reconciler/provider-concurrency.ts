import type { ProviderName } from '../../env/provider-names.ts';
import type { Busy } from './job.ts';

/** `null`: nobody is asked. */
type Lane = ProviderName | null;

/** Pieces of one chore at once with one provider: it is not to be stormed after a long outage. */
const PLACES = 20;

/**
 * The work under way, in a lane of its own for each chore and provider: one that is slow or dead fills its own lanes,
 * and delays nobody else's payments.
 */
export class ProviderConcurrency {
  /** By chore, by provider, by key. */
  readonly #chores = new Map<string, Map<Lane, Map<string, Promise<void>>>>();

  busy(chore: string): Busy {
    const lanes = [...(this.#chores.get(chore) ?? [])];
    return {
      keys: lanes.flatMap(([, underWay]) => [...underWay.keys()]),
      providers: lanes.flatMap(([lane, { size }]) => (lane !== null && size >= PLACES ? [lane] : [])),
    };
  }

  /**
   * Begins it, unless it is under way already or its lane is full. `work` never rejects. Resolves when it is over; at
   * once where the lane is full.
   */
  begin(chore: string, provider: Lane, key: string, work: () => Promise<void>): Promise<void> {
    const lane = this.#lane(chore, provider);
    const underWay = lane.get(key);
    if (underWay) return underWay;
    if (lane.size >= PLACES) return Promise.resolve();
    const begun = work().finally(() => lane.delete(key));
    lane.set(key, begun);
    return begun;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    for (let all = this.#all(); all.length > 0; all = this.#all()) await Promise.all(all);
  }

  #lane(chore: string, provider: Lane): Map<string, Promise<void>> {
    const providers = this.#chores.get(chore) ?? new Map<Lane, Map<string, Promise<void>>>();
    this.#chores.set(chore, providers);
    const lane = providers.get(provider) ?? new Map<string, Promise<void>>();
    providers.set(provider, lane);
    return lane;
  }

  #all(): Promise<void>[] {
    return [...this.#chores.values()].flatMap((providers) =>
      [...providers.values()].flatMap((lane) => [...lane.values()]),
    );
  }
}
