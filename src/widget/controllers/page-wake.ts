import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface PageSigns {
  /** The page was away and is back: what it knows is stale and its stream may be dead. */
  readonly back: () => void;
  /** The window got the focus: most often nothing, sometimes the way back from the bank. */
  readonly focused: () => void;
  readonly offline: () => void;
  readonly online: () => void;
  /** Turned, unfolded, or put beside another window. */
  readonly resized: () => void;
}

/** Everything by which a browser lets a page know that it lives again, or elsewhere. No single sign comes in all of them. */
export class PageWake implements ReactiveController {
  readonly #listeners: readonly (readonly [EventTarget, string, (event: Event) => void])[];

  constructor(host: ReactiveControllerHost, { back, focused, offline, online, resized }: PageSigns) {
    this.#listeners = [
      [document, 'visibilitychange', () => document.visibilityState === 'visible' && back()],
      [window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && back()],
      [window, 'focus', focused],
      [window, 'offline', offline],
      [window, 'online', online],
      [window, 'resize', resized],
    ];
    host.addController(this);
  }

  hostConnected(): void {
    for (const [target, type, listener] of this.#listeners) target.addEventListener(type, listener);
  }

  hostDisconnected(): void {
    for (const [target, type, listener] of this.#listeners) target.removeEventListener(type, listener);
  }
}
