import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Keeps the screen on while its host is on the page: a code that goes dark cannot be scanned. */
export class WakeLock implements ReactiveController {
  #lock: WakeLockSentinel | null = null;
  #connected = false;

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
    document.addEventListener('visibilitychange', this.#seen);
    void this.#take();
  }

  hostDisconnected(): void {
    this.#connected = false;
    document.removeEventListener('visibilitychange', this.#seen);
    void this.#lock?.release();
    this.#lock = null;
  }

  /** Requests the lock again: a browser releases it when the page is hidden. */
  readonly #seen = (): void => void this.#take();

  async #take(): Promise<void> {
    if (document.visibilityState !== 'visible') return;
    try {
      const lock = await navigator.wakeLock.request('screen');
      if (this.#connected && (!this.#lock || this.#lock.released)) this.#lock = lock;
      else await lock.release();
    } catch {
      // The lock is refused on plain http, in some frames, and on a low battery.
    }
  }
}
