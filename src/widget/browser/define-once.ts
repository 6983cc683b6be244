/** Defines a custom element unless the page has defined it already: a page may load the script twice, in two versions. */
export function defineOnce(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
