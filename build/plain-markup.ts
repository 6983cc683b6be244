/** Accepts the markup that `markup-builder.ts` reads as every browser does. The build refuses any other. */

const VOID = /^(?:br|hr|img|input|wbr)$/;
const PHRASING =
  /^(?:a|abbr|b|bdi|bdo|br|button|canvas|code|em|i|iframe|img|input|kbd|label|mark|meter|output|progress|s|slot|small|span|strong|sub|sup|svg|time|u|wbr|[a-z]+(?:-[a-z]+)+)$/;
/** With the phrasing, the elements of HTML that no parser moves, or reads as raw text. */
const BLOCK =
  /^(?:address|article|aside|blockquote|details|dialog|div|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|p|section|summary|ul)$/;
const SVG = /^(?:svg|circle|defs|ellipse|g|line|path|polygon|polyline|rect|use)$/;
/** The parser closes an open one before it opens another. */
const NEVER_NESTED = [/^a$/, /^button$/, /^form$/, /^h[1-6]$/];

/** Stands for an expression: a character that no template of ours has. */
const HOLE = '\uE000';
const TAG = /<(\/?)([a-zA-Z][^\s>/]*)([^<>]*)>/y;
const ATTRIBUTE = /([.?@]?[\w-]+)(?:=("[^"]*"|\uE000))?/g;
/** All attributes of a start tag: bare, quoted, or an expression; an expression may also stand alone. */
const ATTRIBUTES = /^(?:\s+(?:[.?@]?[\w-]+(?:="[^"<>]*"|=\uE000)?|\uE000))*\s*(\/?)$/;

/** Why a template's markup cannot be built, or `null`. `strings`: what stands between its expressions. */
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
  // Lit keeps a bound name as it is written. A browser makes a static one small, except in a drawing.
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
