import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** An app that opens has taken the screen by then, even on a slow phone. */
const OPENING_MS = 2_000;

/** Whether the payer is still looking at this page when the app that was tapped should have opened. */
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

  /** `since`: monotonic, of the tap; `null` when nothing was tapped on this page. A new tap begins anew. */
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

  /** Something has opened: whatever the payer comes back for, it is not that. */
  readonly #hidden = (): void => {
    if (document.visibilityState === 'hidden') clearTimeout(this.#timer);
  };
}
