import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Even on a slow phone, an app that opens covers the page within this time. */
const OPENING_MS = 2_000;

/** Finds out that a tapped app did not open: the page is still visible after {@link OPENING_MS}. */
export class AppSwitch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #since: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #is = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get is(): boolean {
    return this.#is;
  }

  /** `since` is the time of the tap, monotonic ms; `null` without a tap on this page. A new tap restarts the timer. */
  follow(since: number | null): void {
    if (since === this.#since) return;
    this.#since = since;
    this.#is = false;
    clearTimeout(this.#timer);
    if (since === null) return;
    this.#timer = setTimeout(() => this.#look(), OPENING_MS - (performance.now() - since));
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#hidden);
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#hidden);
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#is = document.visibilityState === 'visible';
    this.#host.requestUpdate();
  }

  /** The page was hidden, so the app has opened, whatever the reason for which the payer comes back. */
  readonly #hidden = (): void => {
    if (document.visibilityState === 'hidden') clearTimeout(this.#timer);
  };
}
