import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { applyEdits, childNodes, isNode, type Edit, type SourceNode } from './source.ts';

/** The release this was written against: another one has to be read before it goes to payers. */
const VERSION = '2.0.4';

/** Output formats and text codings that we do not use; the helpers that only they call go with them. */
const METHODS = [
  '_this.createTableTag',
  '_this.createSvgTag',
  '_this.createDataURL',
  '_this.createImgTag',
  '_this.createASCII',
  '_this.renderTo2dContext',
  'qrcode.stringToBytes',
  'qrcode.createStringToBytes',
];
/** Re-exports the text coding that `protocol/qr.ts` replaces. */
const EXPORT = 'export const stringToBytes';
/** Modes of `addData` that we never ask for; the library's own `default:` refuses them from now on. */
const MODES = ["case 'Numeric'", "case 'Kanji'"];
/** One row for each version and, in this order, each level of error correction: L, M, Q, H. */
const TABLE = 'RS_BLOCK_TABLE';
const LEVELS = 4;
const LEVEL_M = 1;

interface Removal {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/**
 * Leaves out of qrcode-generator what `protocol/qr.ts` does not use, which is more than half of it. Nothing of the
 * encoder is rewritten: whole methods, cases and rows go, and the build fails where one of them is not found.
 */
export function leanQrcode(): Plugin {
  let done = false;
  return {
    name: 'lean-qrcode',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('/qrcode-generator/dist/qrcode.mjs')) return null;
      const { version } = JSON.parse(readFileSync(resolve(id, '../../package.json'), 'utf8')) as {
        version: string;
      };
      if (version !== VERSION) this.error(`qrcode-generator ${version} is not ${VERSION}: read it first`);
      const found: Removal[] = [];
      for (const node of childNodes(this.parse(code))) collect(node, code, found);
      const names = found.map(({ name }) => name).sort();
      const expected = [...METHODS, EXPORT, ...MODES, TABLE].sort();
      if (names.join() !== expected.join()) {
        this.error(`qrcode-generator holds ${names.join()} where ${expected.join()} was expected`);
      }
      done = true;
      const edits = found.flatMap((removal) => removal.edits);
      return { code: applyEdits(code, edits), map: null };
    },
    buildEnd(error) {
      if (!error && !done) this.error('qrcode-generator was not met: nothing was left out of it');
    },
  };
}

function collect(node: SourceNode, code: string, found: Removal[]): void {
  const begins = (text: string): boolean => code.startsWith(text, node.start);
  const named = (names: readonly string[], then: string): string | undefined =>
    names.find((name) => begins(name + then));
  const whole =
    node.type === 'ExpressionStatement'
      ? named(METHODS, ' = ')
      : node.type === 'ExportNamedDeclaration'
        ? named([EXPORT], ' = ')
        : node.type === 'SwitchCase'
          ? named(MODES, ' :')
          : undefined;
  if (whole) {
    found.push({ name: whole, edits: [{ start: node.start, end: node.end, text: '' }] });
    return;
  }
  if (node.type === 'VariableDeclarator' && begins(`${TABLE} = [`)) {
    found.push({ name: TABLE, edits: otherLevels(node['init']) });
  }
  for (const child of childNodes(node)) collect(child, code, found);
}

/** Empty slots stay in the place of the rows, so that the library's arithmetic holds and finds no other level. */
function otherLevels(table: unknown): Edit[] {
  const rows = isNode(table) ? (table['elements'] as readonly SourceNode[]) : [];
  return rows
    .filter((_row, index) => index % LEVELS !== LEVEL_M)
    .map(({ start, end }) => ({ start, end, text: '' }));
}
