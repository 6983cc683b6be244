import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { defineOnce } from '../define.ts';
import { importAgain } from '../browser/retry-import.ts';
import { troubledPause } from '../session/timing.ts';

type Load = (part?: Promise<never>) => Promise<CustomElementConstructor>;

/**
 * A phone that taps a bank never needs the QR encoder, a desktop that scans never the bank list; and so on. The
 * imports stand where they do because {@link importAgain} reads them.
 */
const ELEMENTS = {
  'sbp-qr-code': async (part = import('../components/qr-code/qr-code.ts')) => (await part).SbpQrCode,
  'sbp-bank-picker': async (part = import('../components/bank-app/bank-app.ts')) =>
    (await part).SbpBankPicker,
  'sbp-bank-wait': async (part = import('../components/bank-app/bank-app.ts')) => (await part).SbpBankWait,
  'sbp-way-out': async (part = import('../components/in-app/open-in-browser.ts')) => (await part).SbpWayOut,
  'sbp-other-ways': async (part = import('../components/other-methods/other-methods.ts')) =>
    (await part).SbpOtherWays,
  'sbp-code-tools': async (part = import('../components/code-tools/code-tools.ts')) =>
    (await part).SbpCodeTools,
  'sbp-auto-return': async (part = import('../components/auto-return/auto-return.ts')) =>
    (await part).SbpAutoReturn,
};

export type LazyElement = keyof typeof ELEMENTS;

/** Failed so often, within a few seconds, a part is said to be missing. It is tried all the same. */
const LOST_AFTER = 4;

/**
 * Loads inner elements when they are first needed, and again when the network failed them: by one timer, at the pace at
 * which the companion itself is asked in trouble, and not at all while it does not answer or nobody looks.
 */
export class LazyElements implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #isOffline: () => boolean;
  /** How often each has failed. */
  readonly #failures = new Map<LazyElement, number>();
  readonly #waiting = new Set<LazyElement>();
  #connected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, isOffline: () => boolean) {
    this.#host = host;
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
    for (const name of Object.keys(ELEMENTS) as LazyElement[]) if (root.querySelector(name)) this.need(name);
  }

  need(name: LazyElement): void {
    if (this.#failures.has(name) || customElements.get(name)) return;
    this.#failures.set(name, 0);
    void this.#load(name);
  }

  /** Not there yet, and not given up either. */
  isComing(name: LazyElement): boolean {
    return !customElements.get(name) && !this.isLost(name);
  }

  isLost(name: LazyElement): boolean {
    return this.#failures.get(name)! >= LOST_AFTER && !customElements.get(name);
  }

  async #load(name: LazyElement): Promise<void> {
    const load: Load = ELEMENTS[name];
    const failures = this.#failures.get(name)!;
    try {
      defineOnce(name, await load(importAgain(load, import.meta.url, failures)));
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
