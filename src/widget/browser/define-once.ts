/** A page may load the script twice, or two versions of it: the first one serves both. */
export function defineOnce(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
