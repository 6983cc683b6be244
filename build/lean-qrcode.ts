import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { applyEdits, childNodes, isNode, type Edit, type SourceNode } from './source.ts';

/** The cuts below fit this release. Review them for another release. */
const VERSION = '2.0.4';

/** Unused output formats and text codings, with the helpers that only they call. */
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
/** Unused modes of `addData`. The library's `default:` branch throws for them. */
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
 * Removes the parts of qrcode-generator that `protocol/qr.ts` does not use, more than half of it. Only whole methods, cases and
 * rows are removed; the encoder itself is not changed. The build fails if one of them is not found.
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

/** Leaves empty slots in place of removed rows, so that the library's index arithmetic still works. */
function otherLevels(table: unknown): Edit[] {
  const rows = isNode(table) ? (table['elements'] as readonly SourceNode[]) : [];
  return rows
    .filter((_row, index) => index % LEVELS !== LEVEL_M)
    .map(({ start, end }) => ({ start, end, text: '' }));
}
