import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { defineOnce } from '../define.ts';

/** A phone that taps a bank never needs the QR encoder, a desktop that scans never the bank list; and so on. */
const ELEMENTS = {
  'sbp-qr-code': async () => (await import('../components/qr-code.ts')).SbpQrCode,
  'sbp-bank-picker': async () => (await import('../components/bank-way.ts')).SbpBankPicker,
  'sbp-bank-wait': async () => (await import('../components/bank-way.ts')).SbpBankWait,
  'sbp-way-out': async () => (await import('../components/rescue/way-out.ts')).SbpWayOut,
  'sbp-other-ways': async () => (await import('../components/other-ways/other-ways.ts')).SbpOtherWays,
  'sbp-code-tools': async () => (await import('../components/code-tools.ts')).SbpCodeTools,
  'sbp-auto-return': async () => (await import('../components/auto-return.ts')).SbpAutoReturn,
} satisfies Record<string, () => Promise<CustomElementConstructor>>;

export type LazyElement = keyof typeof ELEMENTS;

const RETRY_MS = 4_000;

/** Loads inner elements when they are first needed, and again when the network failed them. */
export class LazyElements implements ReactiveController {
  readonly #wanted = new Set<LazyElement>();
  #connected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
    for (const name of this.#wanted) void this.#load(name);
  }

  hostDisconnected(): void {
    this.#connected = false;
    clearTimeout(this.#timer);
  }

  /** Those that are drawn already, empty as yet. */
  needThoseOf(root: ParentNode): void {
    for (const name of Object.keys(ELEMENTS) as LazyElement[]) if (root.querySelector(name)) this.need(name);
  }

  need(name: LazyElement): void {
    if (this.#wanted.has(name) || customElements.get(name)) return;
    this.#wanted.add(name);
    void this.#load(name);
  }

  async #load(name: LazyElement): Promise<void> {
    try {
      defineOnce(name, await ELEMENTS[name]());
      this.#wanted.delete(name);
    } catch {
      // Most likely the network; until it is back the other ways to pay are on the screen.
      if (this.#connected) this.#timer = setTimeout(() => void this.#load(name), RETRY_MS);
    }
  }
}
