import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface WakeSigns {
  /** The page was away and is back: what it knows is stale and its stream may be dead. */
  readonly back: () => void;
  /** The window got the focus: most often nothing, sometimes the way back from the bank. */
  readonly focused: () => void;
}

/** Everything by which a browser lets a page know that it lives again. No single sign comes in all of them. */
export class PageWake implements ReactiveController {
  readonly #signs: WakeSigns;

  constructor(host: ReactiveControllerHost, signs: WakeSigns) {
    this.#signs = signs;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#visibility);
    window.addEventListener('pageshow', this.#pageshow);
    window.addEventListener('online', this.#signs.back);
    window.addEventListener('focus', this.#signs.focused);
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#visibility);
    window.removeEventListener('pageshow', this.#pageshow);
    window.removeEventListener('online', this.#signs.back);
    window.removeEventListener('focus', this.#signs.focused);
  }

  readonly #visibility = (): void => {
    if (document.visibilityState === 'visible') this.#signs.back();
  };

  readonly #pageshow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#signs.back();
  };
}
