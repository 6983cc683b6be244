/** Maximum number of deliveries at once. */
const MAX_DELIVERIES = 128;
/** Maximum number of deliveries at once to one endpoint and to one host: a busy shop must not delay the others. */
const PER_ENDPOINT = 8;
const PER_HOST = 32;
/** Maximum number of deliveries at once to all silent endpoints, which did not answer last time. Each gets one at a time. */
const SILENT_TOGETHER = 64;
/** Above this number the endpoints that have been silent longest are forgotten; their hosts are remembered. */
const MAX_SILENT = 10_000;

export interface Destination {
  /** The address without its query: shops behind one host have limits of their own. */
  readonly endpoint: string;
  readonly host: string;
}

/** Limits how many deliveries run at once. Endpoints that answer keep half of the slots, however many others are dead. */
export class DeliveryConcurrency {
  readonly #endpoints = new Tally();
  readonly #hosts = new Tally();
  /** The running calls to endpoints that were silent when the call began. */
  #silentTaken = 0;
  readonly #silentEndpoints = new Set<string>();
  /** Hosts that did not answer the last call to any of their endpoints. Their unknown endpoints count as silent too. */
  readonly #silentHosts = new Set<string>();

  /** Takes a slot. Returns the function that releases it; `null` when no slot is free. */
  acquire(to: Destination): ((answered: boolean) => void) | null {
    const silent = this.#silentEndpoints.has(to.endpoint) || this.#silentHosts.has(to.host);
    const saturated =
      this.#hosts.total >= MAX_DELIVERIES ||
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

  /** Returns the endpoints and hosts without a free slot. Their deliveries need not be read. */
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

/** Counts by key. Keys with the count 0 are removed. */
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
