import type { LitElement, ReactiveController } from 'lit';

/**
 * Keeps the focus on a field that a scanner types into while nothing else on the page has it. A click on an empty area or a
 * redrawn screen must not lose the next scan. Does not take the focus from another control and does not disturb a
 * selection.
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

  /** Gives the first key of a scan to the field when nothing has the focus. */
  readonly #catch = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey } = event;
    // The key belongs to the field then, so the page must not take it as a hotkey.
    if (/^\S$/.test(key) && !ctrlKey && !metaKey && !altKey && this.#take()) event.stopPropagation();
  };

  /** Takes the focus. Returns false when the field is absent or something else has the focus. */
  #take(): boolean {
    const field = this.#field();
    const { activeElement } = document;
    const nobody = !activeElement || activeElement === document.body;
    if (!field || !(nobody || (!this.#had && this.#isOnHeading()))) return false;
    this.#had = true;
    field.focus({ preventScroll: true });
    return true;
  }

  /** Returns true if the focus is on the heading above the field, where the checkout puts it when the focused control disappears. */
  #isOnHeading(): boolean {
    for (let root = this.#host.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) {
      if (root.activeElement?.localName === 'h2') return true;
    }
    return false;
  }
}
