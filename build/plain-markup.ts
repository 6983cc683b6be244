/** Accepts only markup that `markup-builder.ts` reads in the same way as a browser. The build fails for other markup. */

const VOID = /^(?:br|hr|img|input|wbr)$/;
const PHRASING =
  /^(?:a|abbr|b|bdi|bdo|br|button|canvas|code|em|i|iframe|img|input|kbd|label|mark|meter|output|progress|s|slot|small|span|strong|sub|sup|svg|time|u|wbr|[a-z]+(?:-[a-z]+)+)$/;
/** The elements of HTML that a parser neither moves nor reads as raw text. */
const BLOCK =
  /^(?:address|article|aside|blockquote|details|dialog|div|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|p|section|summary|ul)$/;
const SVG = /^(?:svg|circle|defs|ellipse|g|line|path|polygon|polyline|rect|use)$/;
/** Elements of which the parser closes an open one before it opens another. */
const NEVER_NESTED = [/^a$/, /^button$/, /^form$/, /^h[1-6]$/];

/** Placeholder for an expression: a character that no template contains. */
const HOLE = '\uE000';
const TAG = /<(\/?)([a-zA-Z][^\s>/]*)([^<>]*)>/y;
const ATTRIBUTE = /([.?@]?[\w-]+)(?:=("[^"]*"|\uE000))?/g;
/** Matches all attributes of a start tag. A value is absent, quoted or an expression; an expression may also replace an attribute. */
const ATTRIBUTES = /^(?:\s+(?:[.?@]?[\w-]+(?:="[^"<>]*"|=\uE000)?|\uE000))*\s*(\/?)$/;

/** Returns why a template's markup is refused, `null` when it is accepted. `strings`: the texts between its expressions. */
export function faultOfMarkup(strings: readonly string[]): string | null {
  const markup = strings.join(HOLE);
  const open: string[] = [];
  for (let at = 0; at < markup.length;) {
    const next = markup.indexOf('<', at);
    const text = markup.slice(at, next < 0 ? undefined : next);
    if (text.includes('&')) return `"${text.trim()}" has a character reference: write the character`;
    if (next < 0) break;
    TAG.lastIndex = next;
    const [tag, end, name = '', attributes = ''] = TAG.exec(markup) ?? [];
    if (tag === undefined) return `"${markup.slice(next, next + 20)}" is neither text nor a plain tag`;
    at = TAG.lastIndex;
    if (end) {
      if (open.pop() !== name) return `${tag} closes another element`;
      continue;
    }
    const fault = faultOfStart(name, attributes, open);
    if (fault !== null) return `${tag} ${fault}`;
    if (!attributes.endsWith('/')) open.push(name);
  }
  return open.length > 0 ? `<${open.join('> <')}> is not closed` : null;
}

function faultOfStart(name: string, attributes: string, open: readonly string[]): string | null {
  const drawing = name === 'svg' || open.includes('svg');
  const known = drawing ? SVG.test(name) : PHRASING.test(name) || BLOCK.test(name);
  if (!known || open.includes('iframe')) return 'is an element that a browser may read otherwise';
  const [matched, closed] = ATTRIBUTES.exec(attributes) ?? [];
  if (matched === undefined)
    return 'has an attribute that is neither bare, nor quoted by ", nor an expression';
  if (attributes.includes('&')) return 'has a character reference: write the character';
  const named = [...attributes.matchAll(ATTRIBUTE)];
  const names = named.map(([, key]) => key!.toLowerCase());
  if (new Set(names).size < names.length) return 'has an attribute twice';
  // Lit keeps the case of a bound name. A browser lower-cases a static name, except inside SVG.
  const isChanged = ([, key, value = '']: RegExpExecArray) => /[A-Z]/.test(key!) && !value.includes(HOLE);
  if (!drawing && named.some(isChanged)) return 'has an attribute with a capital letter';
  if (!drawing && VOID.test(name) !== Boolean(closed))
    return 'is to be closed as its kind is: <br />, <p></p>';
  if (NEVER_NESTED.some((kind) => kind.test(name) && open.some((outer) => kind.test(outer))))
    return 'stands inside another one';
  if (name === 'li' && !/^[ou]l$/.test(open.at(-1) ?? 'ul')) return 'stands in no list';
  if (BLOCK.test(name) && open.includes('p')) return 'ends the paragraph that it stands in';
  return null;
}
