import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { Linter } from 'eslint';

const DIST = join(import.meta.dirname, '../../dist/cdn');

/** Global names that the scripts may use: those of ES5 and of browsers of its time. */
const KNOWN = [
  ...['String', 'Number', 'Math', 'JSON', 'parseInt', 'RegExp', 'Date', 'undefined', 'NaN', 'isNaN'],
  ...['window', 'document', 'location', 'history', 'XMLHttpRequest', 'clearTimeout', 'setTimeout'],
  // Exists only in browsers with modules: open.ts checks for it first.
  'customElements',
];

/** Methods that a browser without modules may lack, on any object. */
const NEWER =
  /\.(?:includes|startsWith|endsWith|padStart|padEnd|repeat|find|findIndex|flatMap|flat|at|from|of|assign|entries|values|fill|append|prepend|remove|replaceWith|closest|matches|classList|toggleAttribute|dataset|then|catch|finally)\b/g;

function faultsOf(code: string): string[] {
  const messages = new Linter().verify(code, {
    languageOptions: {
      ecmaVersion: 5,
      sourceType: 'script',
      globals: Object.fromEntries(KNOWN.map((name) => [name, 'readonly' as const])),
    },
    rules: { 'no-undef': 'error' },
  });
  return messages.map(({ message, column }) => `${message} at ${column}`);
}

describe('the hosted page’s own scripts', () => {
  for (const [name, limit, newer] of [
    // This script runs only in browsers with modules, which also have promises.
    ['pay.js', 600, ['.then']],
    ['pay.legacy.js', 3_000, []],
  ] as const) {
    it(`${name} is ES5, and asks for no built-in that is newer`, () => {
      const code = readFileSync(join(DIST, name), 'utf8');
      assert.deepEqual(faultsOf(code), []);
      assert.deepEqual(code.match(NEWER) ?? [], newer);
    });

    it(`${name} is small`, () => {
      const bytes = brotliCompressSync(readFileSync(join(DIST, name))).length;
      assert.ok(bytes <= limit, `${bytes} bytes`);
    });
  }

  it('would not be taken for ES5 with what is newer in it', () => {
    for (const code of [
      'let a',
      '() => 1',
      '`a`',
      'a?.b',
      'new Promise(f)',
      'fetch("x")',
      'async function f() {}',
    ]) {
      assert.notDeepEqual(faultsOf(code), [], code);
    }
  });
});
