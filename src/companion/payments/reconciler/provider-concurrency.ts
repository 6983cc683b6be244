import type { ProviderName } from '../../env/provider-names.ts';
import type { Busy } from './job.ts';

/** The most tasks of one job that run at one provider at once: a long outage must not end in a storm of calls. */
const MAX_TASKS = 20;

/** The running tasks by their key. */
type Slots = Map<string, Promise<void>>;

/**
 * The running tasks, with slots of their own for each job and provider: a slow or dead provider fills its own slots and
 * delays no payments of other providers. Tasks that call no provider have the provider `null`.
 */
export class ProviderConcurrency {
  readonly #jobs = new Map<string, Map<ProviderName | null, Slots>>();

  /** Returns what a job must leave out when it looks for due tasks. */
  busy(job: string): Busy {
    const providers = [...(this.#jobs.get(job) ?? [])];
    return {
      keys: providers.flatMap(([, slots]) => [...slots.keys()]),
      providers: providers.flatMap(([provider, { size }]) =>
        provider !== null && size >= MAX_TASKS ? [provider] : [],
      ),
    };
  }

  /**
   * Runs `work`, which must never reject, unless the same task runs already or no slot is free. Resolves when the task
   * has ended; at once when no slot is free.
   */
  begin(job: string, provider: ProviderName | null, key: string, work: () => Promise<void>): Promise<void> {
    const slots = this.#slots(job, provider);
    const running = slots.get(key);
    if (running) return running;
    if (slots.size >= MAX_TASKS) return Promise.resolve();
    const task = work().finally(() => slots.delete(key));
    slots.set(key, task);
    return task;
  }

  /** Resolves when no task runs. */
  async idle(): Promise<void> {
    for (let all = this.#all(); all.length > 0; all = this.#all()) await Promise.all(all);
  }

  #slots(job: string, provider: ProviderName | null): Slots {
    const providers = this.#jobs.get(job) ?? new Map<ProviderName | null, Slots>();
    this.#jobs.set(job, providers);
    const slots = providers.get(provider) ?? new Map<string, Promise<void>>();
    providers.set(provider, slots);
    return slots;
  }

  #all(): Promise<void>[] {
    return [...this.#jobs.values()].flatMap((providers) =>
      [...providers.values()].flatMap((slots) => [...slots.values()]),
    );
  }
}
