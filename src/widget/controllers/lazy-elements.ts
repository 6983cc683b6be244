import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { defineOnce } from '../browser/define-once.ts';
import { retryImport } from '../browser/retry-import.ts';
import { troubledPause } from '../session/timing.ts';

/** Imports an inner element. `part` is a running import of the same file, used in place of the usual import. */
export type Load = (part?: Promise<never>) => Promise<CustomElementConstructor>;

/** The import of each inner element. */
export interface Parts<Name extends string> {
  /** The address that the imports in `loads` are relative to: `import.meta.url` of their file. */
  readonly base: string;
  /** Each function contains its `import()`: {@link retryImport} reads the address from the source of the function. */
  readonly loads: Readonly<Record<Name, Load>>;
}

/** After so many failures, within a few seconds, a part is reported as missing. Loading goes on. */
const LOST_AFTER = 4;

/**
 * Loads inner elements when they are first needed, and again after a failure. One timer serves all of them, with the
 * pauses of failed requests to the companion. Loads nothing while the companion does not respond or the page is hidden.
 */
export class LazyElements<Name extends string> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #parts: Parts<Name>;
  readonly #isOffline: () => boolean;
  /** The number of failures of each element. */
  readonly #failures = new Map<Name, number>();
  readonly #waiting = new Set<Name>();
  #connected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, parts: Parts<Name>, isOffline: () => boolean) {
    this.#host = host;
    this.#parts = parts;
    this.#isOffline = isOffline;
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
  }

  hostDisconnected(): void {
    this.#connected = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Tries again: everything that may end a wait redraws the host (reconnected, companion responds, page visible). */
  hostUpdated(): void {
    if (this.#timer !== undefined || !this.#connected || this.#isOffline()) return;
    if (document.visibilityState !== 'visible') return;
    for (const name of this.#waiting) void this.#load(name);
    this.#waiting.clear();
  }

  /** Loads the elements that `root` already contains, still undefined and empty. */
  needThoseOf(root: ParentNode): void {
    for (const name of Object.keys(this.#parts.loads) as Name[])
      if (root.querySelector(name)) this.need(name);
  }

  need(name: Name): void {
    if (this.#failures.has(name) || customElements.get(name)) return;
    this.#failures.set(name, 0);
    void this.#load(name);
  }

  /** True while the element is not defined yet and not reported as missing. */
  isComing(name: Name): boolean {
    return !customElements.get(name) && !this.isLost(name);
  }

  isLost(name: Name): boolean {
    return this.#failures.get(name)! >= LOST_AFTER && !customElements.get(name);
  }

  async #load(name: Name): Promise<void> {
    const { base, loads } = this.#parts;
    const load = loads[name];
    const failures = this.#failures.get(name)!;
    try {
      defineOnce(name, await load(retryImport(load, base, failures)));
      this.#host.requestUpdate();
    } catch {
      this.#failures.set(name, failures + 1);
      this.#waiting.add(name);
      if (!this.#connected) return;
      this.#timer ??= setTimeout(
        () => {
          this.#timer = undefined;
          this.#host.requestUpdate();
        },
        troubledPause(failures + 1, Math.random()),
      );
      this.#host.requestUpdate();
    }
  }
}
