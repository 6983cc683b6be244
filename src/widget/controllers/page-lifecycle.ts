import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Longer than anyone looks into a bank's app for; ms. */
export const LONG_HIDDEN_MS = 5 * 60_000;

export interface PageLifecycleCallbacks {
  /** The page was away and is back: what it knows is stale and its stream may be dead. */
  readonly back: () => void;
  /** The page cannot be seen any more. */
  readonly hidden: () => void;
  /** Nobody has looked at the page for {@link LONG_HIDDEN_MS}. */
  readonly left: () => void;
  /** The window got the focus: most often nothing, sometimes the way back from the bank. */
  readonly focused: () => void;
  readonly offline: () => void;
  readonly online: () => void;
  /** Turned, unfolded, or put beside another window. */
  readonly resized: () => void;
}

/** Everything by which a browser lets a page know that it lives again, or elsewhere. No single sign comes in all of them. */
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

  /** Whether the page can be seen; how long it cannot is counted. */
  #watch(): boolean {
    clearTimeout(this.#timer);
    if (document.visibilityState === 'visible') return true;
    this.#hidden();
    this.#timer = setTimeout(this.#left, LONG_HIDDEN_MS);
    return false;
  }
}
