import { adoptStyles, type LitElement } from 'lit';
import { boxOf } from '../browser/flat-tree.ts';

const CONTENT = ':scope > :not([slot], [hidden], script, style, template, noscript, link, meta, br)';

/**
 * The markup that the shop's server printed inside the element (`fallback_html`). The payer sees it before the element is
 * defined, and until the element's first screen is complete. The element's styles are adopted only then: the fallback
 * inherits them, and would move or change.
 */
export class Fallback {
  #slot: HTMLSlotElement | null = null;

  /** True while the payer sees the fallback instead of the element's screen. */
  get isShown(): boolean {
    return this.#slot !== null;
  }

  /** True if the fallback shows nothing: the page's styles hide it, or it was removed. False in a hidden panel. */
  isBlank(host: Element): boolean {
    if (!this.#slot || boxOf(host).getClientRects().length === 0) return false;
    const range = document.createRange();
    return ![...host.querySelectorAll(CONTENT)].some((element) => {
      range.selectNode(element); // A range also measures the text of an element that has no box.
      return range.getBoundingClientRect().height > 0;
    });
  }

  /** Shows the fallback. Returns the new shadow root; `null` without such content, and for a host that has a root already. */
  show(host: LitElement): ShadowRoot | null {
    if (host.shadowRoot || !host.querySelector(CONTENT)) return null;
    const root = host.attachShadow({ mode: 'open' });
    this.#slot = document.createElement('slot');
    this.#slot.addEventListener('slotchange', () => host.requestUpdate());
    root.append(this.#slot);
    return root;
  }

  /** Replaces the fallback by the element's screen. It does not come back for this element. */
  giveWay(root: ShadowRoot, { elementStyles }: typeof LitElement): void {
    this.#slot?.remove();
    this.#slot = null;
    adoptStyles(root, elementStyles);
    root.querySelector('section')!.hidden = false;
    const code = root.querySelector('sbp-qr-code');
    if (!code) return;
    // The element's code replaces the code of the fallback: show it without its opening animation.
    code.classList.add('still');
    // Insert the code again: it then measures its space before the next frame. A hidden code had no space.
    code.parentNode!.insertBefore(code, code.nextSibling);
  }
}
