interface Said {
  readonly text: string;
  /** The property's value that the text was converted to. */
  readonly value: unknown;
}

/**
 * Finds out if an attribute change is new or only a morph of the page. Turbo, Livewire, Alpine and htmx remove and restore
 * attributes to match the server's markup. Such a change must not overwrite a property that a script has set meanwhile.
 */
export class AttributeMemory {
  readonly #said = new Map<string, Said>();

  /**
   * Returns true if the property must take the attribute's text. `text` is `null` when the attribute is removed; `value` is
   * the property's current value.
   */
  isNews(name: string, text: string | null, value: unknown): boolean {
    const said = this.#said.get(name);
    if (!said) return text !== null;
    return said.value === value || (text !== null && text !== said.text);
  }

  /** Remembers that `text` was converted to `value`. */
  keep(name: string, text: string | null, value: unknown): void {
    if (text === null) this.#said.delete(name);
    else this.#said.set(name, { text, value });
  }
}
