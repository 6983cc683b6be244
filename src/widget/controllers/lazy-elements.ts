import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { defineOnce } from '../browser/define-once.ts';
import { retryImport } from '../browser/retry-import.ts';
import { troubledPause } from '../session/timing.ts';

/** Imports an inner element. `part`: an import of the same file that is under way, which replaces the usual one. */
export type Load = (part?: Promise<never>) => Promise<CustomElementConstructor>;

/** Which inner element is loaded by which import. */
export interface Parts<Name extends string> {
  /** The address that the imports in `loads` are relative to: `import.meta.url` of their file. */
  readonly base: string;
  /** Each holds its `import()` itself: {@link retryImport} reads the address in the function's source. */
  readonly loads: Readonly<Record<Name, Load>>;
}

/** Failed so often, within a few seconds, a part is said to be missing. It is tried all the same. */
const LOST_AFTER = 4;

/**
 * Loads inner elements when they are first needed, and again when the network failed them: by one timer, at the pace at
 * which the companion itself is asked in trouble, and not at all while it does not answer or nobody looks.
 */
export class LazyElements<Name extends string> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #parts: Parts<Name>;
  readonly #isOffline: () => boolean;
  /** How often each has failed. */
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

  /** The host is drawn anew for all that may end a wait: it is back, the companion answers, the page is seen. */
  hostUpdated(): void {
    if (this.#timer !== undefined || !this.#connected || this.#isOffline()) return;
    if (document.visibilityState !== 'visible') return;
    for (const name of this.#waiting) void this.#load(name);
    this.#waiting.clear();
  }

  /** Those that are drawn already, empty as yet. */
  needThoseOf(root: ParentNode): void {
    for (const name of Object.keys(this.#parts.loads) as Name[])
      if (root.querySelector(name)) this.need(name);
  }

  need(name: Name): void {
    if (this.#failures.has(name) || customElements.get(name)) return;
    this.#failures.set(name, 0);
    void this.#load(name);
  }

  /** Not there yet, and not given up either. */
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
