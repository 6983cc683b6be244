/** Deliveries under way at once. */
const PLACES = 128;
/** A busy shop is called in parallel, and does not hold up the others. */
const PER_ENDPOINT = 8;
const PER_HOST = 32;
/** Those that did not answer last time are tried one call at a time, and together fill no more than this. */
const SILENT_TOGETHER = 64;
/** Beyond it the longest silent endpoints are forgotten; their hosts are remembered. */
const MAX_SILENT = 10_000;

export interface Destination {
  /** The address without its query: shops behind one host do not share a fate. */
  readonly endpoint: string;
  readonly host: string;
}

/** Who may be called now: however many endpoints are dead, those that answer keep half of the places. */
export class DeliveryConcurrency {
  readonly #endpoints = new Tally();
  readonly #hosts = new Tally();
  /** Calls under way to those that were silent when they began. */
  #silentTaken = 0;
  readonly #silentEndpoints = new Set<string>();
  /** Whose last call, to whichever endpoint, was not answered: what is unknown there is expected to be dead too. */
  readonly #silentHosts = new Set<string>();

  /** Takes a place, to be given back with whether there was any answer; `null` when there is none to be had. */
  acquire(to: Destination): ((answered: boolean) => void) | null {
    const silent = this.#silentEndpoints.has(to.endpoint) || this.#silentHosts.has(to.host);
    const saturated =
      this.#hosts.total >= PLACES ||
      this.#hosts.of(to.host) >= PER_HOST ||
      this.#endpoints.of(to.endpoint) >= (silent ? 1 : PER_ENDPOINT) ||
      (silent && this.#silentTaken >= SILENT_TOGETHER);
    if (saturated) return null;
    this.#endpoints.add(to.endpoint, 1);
    this.#hosts.add(to.host, 1);
    if (silent) this.#silentTaken++;
    return (answered) => {
      this.#endpoints.add(to.endpoint, -1);
      this.#hosts.add(to.host, -1);
      if (silent) this.#silentTaken--;
      if (answered) this.#hasAnswered(to);
      else this.#wasSilent(to);
    };
  }

  /** Where no place is to be had, so that nothing for there need be read. */
  full(): { endpoints: string[]; hosts: string[] } {
    const noneForSilent = this.#silentTaken >= SILENT_TOGETHER;
    const endpoints = this.#endpoints.keys().filter((endpoint) => {
      const limit = this.#silentEndpoints.has(endpoint) ? 1 : PER_ENDPOINT;
      return this.#endpoints.of(endpoint) >= limit;
    });
    const hosts = this.#hosts.keys().filter((host) => this.#hosts.of(host) >= PER_HOST);
    return {
      endpoints: [...endpoints, ...(noneForSilent ? this.#silentEndpoints : [])],
      hosts: [...hosts, ...(noneForSilent ? this.#silentHosts : [])],
    };
  }

  #hasAnswered({ endpoint, host }: Destination): void {
    this.#silentEndpoints.delete(endpoint);
    this.#silentHosts.delete(host);
  }

  #wasSilent({ endpoint, host }: Destination): void {
    for (const [silent, key] of [
      [this.#silentEndpoints, endpoint],
      [this.#silentHosts, host],
    ] as const) {
      silent.add(key);
      if (silent.size > MAX_SILENT) silent.delete(silent.values().next().value!);
    }
  }
}

/** Counts by key; what counts nothing is not kept. */
class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(key: string, difference: 1 | -1): void {
    this.total += difference;
    const count = this.of(key) + difference;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  keys(): string[] {
    return [...this.#counts.keys()];
  }
}
