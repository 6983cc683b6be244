import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Platform } from '../../protocol/banks.ts';
import { CheckoutApi } from '../session/api.ts';
import type { ActionBody, ActionPath, ActionResult, SessionCallbacks } from '../session/types.ts';
import { Session } from '../session/session.ts';
import { browserEnvironment as environment } from '../session/environment.ts';

const INSIST_CAP_MS = 10_000;
const RETRY_BANKS_MS = 4_000;

/** Ties one payment's session to its host's life: removed from the page it is silent, put back it resumes. */
export class CheckoutSession implements ReactiveController {
  readonly #callbacks: SessionCallbacks;
  #api: CheckoutApi | null = null;
  #session: Session | null = null;
  /** Kept over a removal: a paid payment is not asked about again, nor any sooner than a busy companion wishes. */
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
    // Moved on the page it is put back at once, and goes on.
    queueMicrotask(() => this.#connected || this.#stop());
  }

  /** Another payment, or none. Nothing is asked before it is wanted. */
  open(target: { readonly endpoint: string; readonly token: string } | null): void {
    this.#stop();
    this.#earlier = null;
    this.#wanted = false;
    this.#api = target && new CheckoutApi(target.endpoint, target.token, environment);
  }

  /** The payer is about to see it, or the shop asks for it. */
  want(): void {
    this.#wanted = true;
    this.#start();
  }

  /** `null` while nothing is asked: there is no payment, nobody wants it yet, or the element is not on the page. */
  get current(): Session | null {
    return this.#session;
  }

  /** Whether the companion has answered; `bank`: it is to ask the bank. */
  async check(bank: boolean): Promise<boolean> {
    return (await this.#session?.check(bank)) ?? false;
  }

  /** `null` when nothing was sent: there is no companion, or something else is under way. */
  async sendAction(path: ActionPath, body: ActionBody): Promise<ActionResult | null> {
    return (await this.#session?.sendAction(path, body)) ?? null;
  }

  /** The time is up: asks at once and then ever more rarely, as long as the answer is awaited. */
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
   * `platform`: `null` for that of the User-Agent. Rejects when there is no list to be had; asks something else then, whose
   * answer tells when to try again.
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
