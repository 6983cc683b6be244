import { adoptStyles, type LitElement } from 'lit';
import { boxOf } from '../browser/flat-tree.ts';

const CONTENT = ':scope > :not([slot], [hidden], script, style, template, noscript, link, meta, br)';

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

  /** Whether it leaves the element's place empty: the page's styles hide it, or it was taken away. Not in a hidden panel. */
  isBlank(host: Element): boolean {
    if (!this.#slot || boxOf(host).getClientRects().length === 0) return false;
    const range = document.createRange();
    return ![...host.querySelectorAll(CONTENT)].some((element) => {
      range.selectNode(element); // the text of an element without a box of its own, too
      return range.getBoundingClientRect().height > 0;
    });
  }

  /** The root of an element that has such content; `null` for others, and for one that has a root already. */
  show(host: LitElement): ShadowRoot | null {
    if (host.shadowRoot || !host.querySelector(CONTENT)) return null;
    const root = host.attachShadow({ mode: 'open' });
    this.#slot = document.createElement('slot');
    this.#slot.addEventListener('slotchange', () => host.requestUpdate());
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
