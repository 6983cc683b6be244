/**
 * Libraries that keep the focus in a dialog (focus-trap and others) look for what Tab can reach among the page's own
 * nodes, and not in shadow roots: without one they throw, or never let Tab in. An empty `tabindex` is none to the
 * browser, so that Tab stops at no card around the controls; with this property, which such libraries read, it makes
 * the element count as reachable. They call its `focus()` then. A `tabindex` of the page's own stays what it is.
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
