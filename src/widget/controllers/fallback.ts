import { adoptStyles, type LitElement } from 'lit';

/**
 * What the shop's server has printed inside the element (`fallback_html`): seen before the element is there, and kept in
 * sight until its first picture is whole. The element's styles wait as well, since text in it inherits them: nothing of
 * what is seen moves or changes before it gives way.
 */
export class Fallback {
  #slot: HTMLSlotElement | null = null;

  /** Whether it is what the payer sees. */
  get isShown(): boolean {
    return this.#slot !== null;
  }

  /** The root of an element that has such content; `null` for others, and for one that has a root already. */
  show(host: Element): ShadowRoot | null {
    if (host.shadowRoot || !host.querySelector(':scope > :not([slot], script, style, template)')) return null;
    const root = host.attachShadow({ mode: 'open' });
    this.#slot = document.createElement('slot');
    root.append(this.#slot);
    return root;
  }

  /** For good: whatever becomes of the payment is told by the element from now on. */
  giveWay(root: ShadowRoot, { elementStyles }: typeof LitElement): void {
    this.#slot?.remove();
    this.#slot = null;
    adoptStyles(root, elementStyles);
    root.querySelector('section')!.hidden = false;
    const code = root.querySelector('sbp-qr-code');
    if (!code) return;
    // One code takes the other's place: it need not arrive.
    code.classList.add('still');
    // Put in anew, it measures its room before the next frame. Until now it had none.
    code.parentNode!.insertBefore(code, code.nextSibling);
  }
}
