const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const LITERAL = /(?:true|false|null)(?!\w)/y;
const WORD = /[\w.+-]{1,20}/y;
const WHITE_SPACE = /[ \t\n\r]*/y;

/** The next expected part. `item` and `name` follow a comma; `valueOrEnd` and `nameOrEnd` follow an opening bracket. */
type Expected = 'value' | 'valueOrEnd' | 'item' | 'nameOrEnd' | 'name' | 'colon' | 'comma' | 'nothing';

const EXPECTED: Readonly<Record<Expected, string>> = {
  value: 'a value',
  valueOrEnd: 'a value or ]',
  item: 'a value',
  nameOrEnd: 'a name in double quotes or }',
  name: 'a name in double quotes',
  colon: 'a colon',
  comma: 'a comma or the closing bracket',
  nothing: 'nothing more',
};

/**
 * Returns the first syntax error of a JSON text with its position, as text for the caller; `null` when the text is valid.
 * `JSON.parse` gives the position of some errors only, and words them differently in each version of Node.
 */
export function jsonFault(text: string): string | null {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  const fault = (hint = hintAt(text, at, expected)) =>
    `${placeOf(text, at)}: ${EXPECTED[expected]} expected, ${foundAt(text, at)} found${hint && `; ${hint}`}`;

  for (;;) {
    skip(WHITE_SPACE);
    const character = text[at];
    if (character === undefined) return expected === 'nothing' ? null : fault('');
    const closing = character === '}' || character === ']';
    if (closing && mayClose(expected, character, open)) {
      at++;
      open.pop();
      expected = open.length === 0 ? 'nothing' : 'comma';
    } else if (expected === 'colon' || expected === 'comma') {
      if (character !== (expected === 'colon' ? ':' : ',')) return fault();
      at++;
      expected = expected === 'colon' ? 'value' : open.at(-1) === '{' ? 'name' : 'item';
    } else if (expected === 'nothing') {
      return fault();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (typeof end !== 'number') return `${placeOf(text, end.at)}: ${end.fault}`;
      at = end;
      const isName: boolean = expected === 'name' || expected === 'nameOrEnd';
      expected = isName ? 'colon' : open.length === 0 ? 'nothing' : 'comma';
    } else if (expected === 'name' || expected === 'nameOrEnd') {
      return fault();
    } else if (character === '{' || character === '[') {
      at++;
      open.push(character);
      expected = character === '{' ? 'nameOrEnd' : 'valueOrEnd';
    } else if (skip(NUMBER) || skip(LITERAL)) {
      expected = open.length === 0 ? 'nothing' : 'comma';
    } else {
      return fault();
    }
  }
}

function mayClose(expected: Expected, bracket: '}' | ']', open: readonly string[]): boolean {
  const matches = open.at(-1) === (bracket === '}' ? '{' : '[');
  return matches && ['comma', bracket === '}' ? 'nameOrEnd' : 'valueOrEnd'].includes(expected);
}

/** Returns the index after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number | { at: number; fault: string } {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at]! < ' ') return { at, fault: 'a line break or control character in a string: write \\n' };
    if (text[at] !== '\\') continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return { at, fault: 'a backslash that begins no escape: write \\\\' };
    at = ESCAPE.lastIndex - 1;
  }
  return { at: start, fault: 'this string has no closing double quote' };
}

function hintAt(text: string, at: number, expected: Expected): string {
  const character = text[at]!;
  if (/['`‘’“”«»]/.test(character)) return 'text and names stand in double quotes: "order_id"';
  if (/[}\]]/.test(character) && (expected === 'name' || expected === 'item')) {
    return 'leave out the comma before it';
  }
  if (character === '/' || character === '#') return 'JSON has no comments';
  if (/[\w$]/.test(character) && expected.startsWith('name'))
    return 'names stand in double quotes: "order_id"';
  if (!/^(?:value|item)/.test(expected)) return '';
  if (/[-+.\d]/.test(character)) return 'write numbers as 125000';
  return /[A-Za-z]/.test(character)
    ? 'beside numbers there are true, false, null and text in double quotes'
    : '';
}

function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'the end of the body';
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(at)!);
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
