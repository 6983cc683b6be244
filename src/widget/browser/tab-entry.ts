/**
 * Makes focus traps (focus-trap and others) treat the element as reachable by Tab. They search only the page's own nodes
 * and not shadow roots; when they find nothing, they throw or never let Tab in. They read `tabindex` and this property,
 * and then call `focus()`. A `tabindex` that the page sets is kept.
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
 * Sets an empty `tabindex`, which browsers ignore, so that Tab does not stop at the card itself. Firefox would skip
 * everything inside, so it gets a real `tabindex`, and the element passes the focus on to its heading.
 */
export function enterByTab(element: HTMLElement): void {
  if (element.hasAttribute('tabindex')) return;
  element.setAttribute('tabindex', CSS.supports('-moz-appearance', 'none') ? '0' : '');
}
