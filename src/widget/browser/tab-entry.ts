/**
 * Libraries that keep the focus in a dialog (focus-trap and others) look for what Tab can reach among the page's own
 * nodes, and not in shadow roots: without one they throw, or never let Tab in. A `tabindex` and this property, which
 * they read, make the element count as reachable. They call its `focus()` then. A `tabindex` of the page's own stays
 * what it is.
 */
export function makeTabEntry(prototype: HTMLElement): void {
  Object.defineProperty(prototype, 'tabIndex', {
    configurable: true,
    get(this: HTMLElement) {
      return Number(this.getAttribute('tabindex') ?? -1);
    },
    set(this: HTMLElement, index: number) {
      this.setAttribute('tabindex', String(index));
    },
  });
}

/**
 * An empty `tabindex` is none to browsers, and Tab does not stop at the card around the controls. Firefox would leave
 * out all that is inside, and gets a real one: the element passes the focus on to its heading.
 */
export function enterByTab(element: HTMLElement): void {
  if (element.hasAttribute('tabindex')) return;
  element.setAttribute('tabindex', CSS.supports('-moz-appearance', 'none') ? '0' : '');
}
