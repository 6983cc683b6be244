interface Said {
  readonly text: string;
  /** The property that came of it. */
  readonly value: unknown;
}

/**
 * Tells an attribute that says something new from one that a page's morph takes off or puts back, as Turbo, Livewire, Alpine
 * and htmx do with every attribute that the server's markup lacks or has: what a script has set as a property meanwhile
 * stays.
 */
export class AttributeMemory {
  readonly #said = new Map<string, Said>();

  /** Whether the property follows the attribute's text. `null`: the attribute is off; `value`: the property as it is. */
  isNews(name: string, text: string | null, value: unknown): boolean {
    const said = this.#said.get(name);
    if (!said) return text !== null;
    return said.value === value || (text !== null && text !== said.text);
  }

  /** `value`: the property that has come of the text. */
  keep(name: string, text: string | null, value: unknown): void {
    if (text === null) this.#said.delete(name);
    else this.#said.set(name, { text, value });
  }
}
