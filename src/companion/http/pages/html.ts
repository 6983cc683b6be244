/** Safe markup: written in this source or escaped by {@link html}. */
export class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** Returns the markup without the line breaks of its source: a shop may print it where white space is kept. */
export function oneLine(markup: Markup): string {
  return markup
    .toString()
    .replace(/>\n *(?=<)/g, '>')
    .replace(/\n */g, ' ');
}

type Value = string | number | Markup | readonly Markup[] | null;

/** Returns markup. Every value is escaped unless it is {@link Markup}. `null` adds nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? write(values[i]!) : '')).join(''));
}

function write(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.join('');
  return String(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
