import type { LitElement, ReactiveController } from 'lit';

/**
 * Keeps the focus on a field that a scanner types into, as long as nothing else on the page has it: a click on bare
 * ground or a redrawn screen must not send the next scan nowhere. A focus that the payer or the shop has moved,
 * and a selection, are left alone.
 */
export class FocusKeeper implements ReactiveController {
  readonly #host: LitElement;
  readonly #field: () => HTMLElement | null;
  #had = false;

  constructor(host: LitElement, field: () => HTMLElement | null) {
    this.#host = host;
    this.#field = field;
    host.addController(this);
  }

  hostConnected(): void {
    this.#had = false;
    window.addEventListener('focus', this.#claim);
    document.addEventListener('click', this.#claim);
    document.addEventListener('keydown', this.#catch, true);
  }

  hostDisconnected(): void {
    window.removeEventListener('focus', this.#claim);
    document.removeEventListener('click', this.#claim);
    document.removeEventListener('keydown', this.#catch, true);
  }

  hostUpdated(): void {
    this.#claim();
  }

  readonly #claim = (): void => {
    if (document.hasFocus() && getSelection()?.type !== 'Range') this.#take();
  };

  /** A scan that begins while nothing has the focus: its first key goes to the field as well. */
  readonly #catch = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey } = event;
    // It is in the field then, and no hotkey of the page.
    if (/^\S$/.test(key) && !ctrlKey && !metaKey && !altKey && this.#take()) event.stopPropagation();
  };

  /** Whether it was there to be taken. */
  #take(): boolean {
    const field = this.#field();
    const { activeElement } = document;
    const nobody = !activeElement || activeElement === document.body;
    if (!field || !(nobody || (!this.#had && this.#isOnHeading()))) return false;
    this.#had = true;
    field.focus({ preventScroll: true });
    return true;
  }

  /** Where the checkout puts it when what had it is gone: the heading above the field. */
  #isOnHeading(): boolean {
    for (let root = this.#host.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) {
      if (root.activeElement?.localName === 'h2') return true;
    }
    return false;
  }
}
