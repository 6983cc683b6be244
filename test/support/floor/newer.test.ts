import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newerCss } from './newer-css.ts';
import { newerJavaScript } from './newer-javascript.ts';
import { newerElements } from './newer-markup.ts';

const whats = (findings: readonly { readonly what: string }[]): string[] => [
  ...new Set(findings.map(({ what }) => what)),
];

describe('what Chrome 90, Firefox 90 and Safari 15.0 cannot read', () => {
  for (const [source, what] of [
    ['class A { static { this.b = 1 } }', 'static {}'],
    ['class A { #b; static is(x) { return #b in x } }', '#name in object'],
    ['const helper = (x) => x; class A { b = helper(() => {}) }', 'field that Safari 15 loses names in'],
    ['/(?<=a)b/.test("ab")', 'lookbehind'],
    ['const { a } = b; Object.hasOwn(a, "c")', 'Object.hasOwn()'],
    ['[1].at(-1)', '.at()'],
    ['[1].findLast(Boolean)', '.findLast()'],
    ['[1].toSorted()', '.toSorted()'],
    ['structuredClone({})', 'structuredClone'],
    ['AbortSignal.any([])', 'AbortSignal.any()'],
    ['AbortSignal.timeout(1)', 'AbortSignal.timeout()'],
    ['Promise.withResolvers()', 'Promise.withResolvers()'],
    ['crypto.randomUUID()', '.randomUUID()'],
    ['a.checkVisibility()', '.checkVisibility()'],
    ['scheduler.postTask(() => {})', 'scheduler'],
    ['new URLPattern({})', 'URLPattern'],
    ['a.attachInternals()', '.attachInternals()'],
  ] as const) {
    it(source, () =>
      assert.ok(whats(newerJavaScript(source)).includes(what), String(whats(newerJavaScript(source)))),
    );
  }

  it('is no script at all where it is newer than ES2022', () => {
    assert.throws(() => newerJavaScript('/a/v'), SyntaxError);
    assert.throws(() => newerJavaScript('await using a = b'), SyntaxError);
  });

  for (const [source, what] of [
    ['a:has(b) { color: red }', ':has()'],
    ['a, b:has(c) { color: red }', ':has() in a list'],
    ['a { b { color: red } }', 'nesting'],
    ['@container (min-width: 1px) { a { color: red } }', '@container'],
    ['@layer a { b { color: red } }', '@layer'],
    ['@media (width >= 1px) { a { color: red } }', '@media with < or >'],
    ['a { height: 100dvh }', 'dvh'],
    ['a { height: 10cqi }', 'cqi'],
    ['a { color: light-dark(#000, #fff) }', 'light-dark()'],
    ['a { color: color-mix(in srgb, red, blue) }', 'color-mix()'],
    ['a { overscroll-behavior: contain }', 'overscroll-behavior'],
    ['a { accent-color: red }', 'accent-color'],
    ['a { field-sizing: content }', 'field-sizing'],
    ['a { text-wrap: balance }', 'text-wrap'],
    ['a { overflow: clip }', 'overflow: clip'],
    ['a { width: fit-content }', 'width: fit-content'],
    ["a { content: '›' / '' }", 'content: /'],
    ['a:focus-visible { color: red }', ':focus-visible'],
    ['a { translate: 1px }', 'translate'],
  ] as const) {
    it(source, () => assert.ok(whats(newerCss(source)).includes(what), String(whats(newerCss(source)))));
  }

  it('<dialog>', () => assert.deepEqual(whats(newerElements('<p></p><dialog open>')), ['<dialog>']));
});

describe('what they can read', () => {
  for (const source of [
    'class A { #b = 1; static c = [1]; #d() { return this.#b } e = () => this.#d() }',
    'a ??= b; a?.b?.(); for await (const c of d) e(c)',
    'const helper = 1; class A { b = new Map(); c = () => helper; d = helper }',
    '"a".replaceAll("b", "c"); a.replaceChildren(); Promise.any([]); new WeakRef({})',
    'typeof structuredClone === "function"',
  ]) {
    it(source, () => assert.deepEqual(whats(newerJavaScript(source)), []));
  }

  for (const source of [
    'a { height: 100vh; height: 100dvh }',
    'a { width: -moz-fit-content; width: fit-content }',
    'a { -webkit-appearance: none; appearance: none }',
    'a { inset: 0; aspect-ratio: 1; padding-inline: 1px; gap: 4px; width: min(1px, 2vw) }',
    ':is(a, b):not(c, d)::part(e) { color: rgb(0 0 0 / 60%) }',
    '@media (prefers-color-scheme: dark) and (min-width: 640px) { a { color: red } }',
  ]) {
    it(source, () => assert.deepEqual(whats(newerCss(source)), []));
  }

  it('needs a fallback that they know', () => {
    assert.deepEqual(whats(newerCss('a { height: 1cqi; height: 100dvh }')), ['cqi', 'dvh']);
  });

  it('is of an object of ours', () => {
    assert.deepEqual(whats(newerJavaScript('a.at; a.at()', new Set(['at']))), ['.at()']);
  });
});
