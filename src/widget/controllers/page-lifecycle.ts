import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Longer than a payer stays in a bank's app, ms. */
export const LONG_HIDDEN_MS = 5 * 60_000;

export interface PageLifecycleCallbacks {
  /** Called when the page is visible again: its data is stale, and its stream may be dead. */
  readonly back: () => void;
  /** Called when the page gets hidden. */
  readonly hidden: () => void;
  /** Called when the page has been hidden for {@link LONG_HIDDEN_MS}. */
  readonly left: () => void;
  /** Called when the window gets the focus: sometimes the payer is back from the bank, most often not. */
  readonly focused: () => void;
  readonly offline: () => void;
  readonly online: () => void;
  /** Called when the window changes its size: a device is turned or unfolded, or another window is put beside it. */
  readonly resized: () => void;
}

/** Reports that the page is visible, hidden, online, offline or resized. No single event says so in every browser. */
export class PageLifecycle implements ReactiveController {
  readonly #left: () => void;
  readonly #hidden: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners: readonly (readonly [EventTarget, string, (event: Event) => void])[];

  constructor(
    host: ReactiveControllerHost,
    { back, hidden, left, focused, offline, online, resized }: PageLifecycleCallbacks,
  ) {
    this.#left = left;
    this.#hidden = hidden;
    this.#listeners = [
      [document, 'visibilitychange', () => this.#watch() && back()],
      [window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && back()],
      [window, 'focus', focused],
      [window, 'offline', offline],
      [window, 'online', online],
      [window, 'resize', resized],
    ];
    host.addController(this);
  }

  hostConnected(): void {
    this.#watch();
    for (const [target, type, listener] of this.#listeners) target.addEventListener(type, listener);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    for (const [target, type, listener] of this.#listeners) target.removeEventListener(type, listener);
  }

  /** Returns true if the page is visible. Starts the timer for `left` if it is hidden. */
  #watch(): boolean {
    clearTimeout(this.#timer);
    if (document.visibilityState === 'visible') return true;
    this.#hidden();
    this.#timer = setTimeout(this.#left, LONG_HIDDEN_MS);
    return false;
  }
}
