import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Platform } from '../../protocol/banks.ts';
import { CheckoutApi } from '../session/api.ts';
import type { ActionBody, ActionPath, ActionResult, SessionCallbacks } from '../session/types.ts';
import { Session } from '../session/session.ts';
import { browserEnvironment as environment } from '../session/environment.ts';

const INSIST_CAP_MS = 10_000;
const RETRY_BANKS_MS = 4_000;

/** Runs the session of one payment while its host is on the page. The session stops with its removal and resumes later. */
export class CheckoutSession implements ReactiveController {
  readonly #callbacks: SessionCallbacks;
  #api: CheckoutApi | null = null;
  #session: Session | null = null;
  /** The session before a removal. Its successor sends no request for a paid payment, and none before `Retry-After`. */
  #earlier: Session | null = null;
  #connected = false;
  #wanted = false;
  #cancelInsisting: (() => void) | null = null;

  constructor(host: ReactiveControllerHost, callbacks: SessionCallbacks) {
    this.#callbacks = callbacks;
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
    this.#start();
  }

  hostDisconnected(): void {
    this.#connected = false;
    // An element that is moved on the page is connected again at once: keep its session.
    queueMicrotask(() => this.#connected || this.#stop());
  }

  /** Opens another payment; `null` opens none. Sends no request before `want()`. */
  open(target: { readonly endpoint: string; readonly token: string } | null): void {
    this.#stop();
    this.#earlier = null;
    this.#wanted = false;
    this.#api = target && new CheckoutApi(target.endpoint, target.token, environment);
  }

  /** Starts the requests: the payer is about to see the payment, or the shop has called `refresh()`. */
  want(): void {
    this.#wanted = true;
    this.#start();
  }

  /** The running session; `null` without a payment, before `want()`, and while the element is not on the page. */
  get current(): Session | null {
    return this.#session;
  }

  /** Returns true if the companion has responded. With `bank`, the companion checks with the bank first. */
  async check(bank: boolean): Promise<boolean> {
    return (await this.#session?.check(bank)) ?? false;
  }

  /** Returns `null` when nothing was sent: there is no session, or another action is running. */
  async sendAction(path: ActionPath, body: ActionBody): Promise<ActionResult | null> {
    return (await this.#session?.sendAction(path, body)) ?? null;
  }

  /** Requests the snapshot now, and then at growing intervals while `awaited` returns true: the time to pay is up. */
  insist(awaited: () => boolean): void {
    if (this.#session && !this.#cancelInsisting) this.#askAgain(awaited, 1_000);
  }

  #askAgain(awaited: () => boolean, pause: number): void {
    this.#cancelInsisting = null;
    if (!awaited()) return;
    this.#session?.wake(false);
    this.#cancelInsisting = environment.after(pause, () =>
      this.#askAgain(awaited, Math.min(INSIST_CAP_MS, pause * 2)),
    );
  }

  /**
   * Returns the bank list for the platform; `null` means the platform of the User-Agent. Rejects when the list cannot be
   * loaded, and requests the snapshot 4 s later: its response shows when the companion is reachable again.
   */
  async loadBanks(platform: Platform | null, signal: AbortSignal): Promise<unknown> {
    const answer = await this.#api?.get(platform ? `/banks?platform=${platform}` : '/banks', signal);
    if (answer?.kind !== 'ok') {
      const cancel = environment.after(RETRY_BANKS_MS, () => this.#session?.wake(false));
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      throw new Error('no bank list');
    }
    return answer.value;
  }

  #start(): void {
    if (!this.#wanted || !this.#connected || !this.#api || this.#session) return;
    this.#session = new Session(this.#api, this.#callbacks, environment, this.#earlier);
    this.#session.start();
    if (!navigator.onLine) this.#session.wentOffline();
  }

  #stop(): void {
    this.#cancelInsisting?.();
    this.#cancelInsisting = null;
    if (!this.#session) return;
    this.#earlier = this.#session;
    this.#session.stop();
    this.#session = null;
  }
}
