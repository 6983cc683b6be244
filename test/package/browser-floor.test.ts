import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startCompanion } from '../support/companion.ts';
import { FLOOR } from '../support/floor/browsers.ts';
import { markupIn, stylesIn } from '../support/floor/built-styles.ts';
import { newerCss } from '../support/floor/newer-css.ts';
import { newerJavaScript, type Finding } from '../support/floor/newer-javascript.ts';
import { newerElements } from '../support/floor/newer-markup.ts';
import { membersUsed, npmBuild, npmProgram } from '../support/floor/newer-members.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['src/widget', 'src/protocol'];

/** Members that are newer than the floor. The code checks for them first, or works without them. */
const GUARDED: Readonly<Record<string, string>> = {
  'HTMLDialogElement.close': 'code-tools.ts asks for HTMLDialogElement',
  'HTMLDialogElement.showModal': 'code-tools.ts asks for HTMLDialogElement',
  'Navigator.share': 'link-sharing.ts asks for it; a mail link stands in',
  'Navigator.vibrate': 'paid-notification.ts calls it with ?.()',
  'Navigator.wakeLock': 'wake-lock.ts catches; the screen goes dark as it would without us',
  'WakeLock.request': 'behind wakeLock',
  'WakeLockSentinel.release': 'behind wakeLock',
  'WakeLockSentinel.released': 'behind wakeLock',
};

/**
 * Names in Lit's own code: features that it checks for first, and members of its own that share a name with a newer
 * browser member.
 */
const LIT: readonly string[] = [
  '.adoptedStyleSheets',
  '.replaceSync()',
  '.capture',
  '.element',
  '.properties',
  'trustedTypes',
  '.emptyScript',
];

/** CSS that is newer than the floor, and what an older browser shows instead. */
const FALLBACKS: Readonly<Record<string, string>> = {
  '@container': 'columns by auto-fit, and the narrow layout’s smaller margins',
  'container-type': 'belongs to @container',
  'contain-intrinsic-inline-size': 'concerns a container of ours only',
  ':has()': 'a line more in the foot; «Отменить оплату» before the banks are there',
  ':focus-visible': 'the browser draws its own focus ring',
  '::backdrop': 'without dialogs, the large code takes the whole page',
  'color-scheme': 'scroll bars and carets stay light',
  'content-visibility': 'rows out of sight are laid out at once',
  'contain-intrinsic-size': 'belongs to content-visibility',
  'cursor: pointer': 'there is no pointer on iOS',
  'cursor: progress': 'there is no pointer on iOS',
  'forced-color-adjust': 'such browsers force no colours, or keep those of pictures',
  'image-rendering: pixelated': 'a bitmap has the pixels of its screen, and is scaled beyond 2,048 only',
  interactivity: 'there is none to be inherited',
  'text-wrap': 'lines of unequal length',
};

/** `start` is newer than the floor only in flex boxes, and the hosted page uses a grid. */
const HOSTED_PAGE = ['align-content: start', 'color-scheme', 'cursor: pointer'];

const files = globSync('dist/cdn/**/*.js', { cwd: ROOT }).sort();
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const but = (known: readonly string[], findings: readonly Finding[]): string[] =>
  findings
    .filter(({ what }) => !known.includes(what))
    .map(({ what, where, lackedBy }) => `${what} in "${where}": ${lackedBy.join(', ')}`);

describe('the oldest browsers that we serve', () => {
  const program = npmProgram();
  const { newer, ours } = membersUsed(program, FOLDERS);
  const guarded = Object.keys(GUARDED).flatMap((name) => {
    const member = name.split('.')[1]!;
    return [member, `${member}()`];
  });
  const known = new Set([...ours, ...guarded]);

  it('are named in README, the docs and package.json', () => {
    for (const file of ['README.md', 'docs/element.md']) {
      assert.match(read(file), /Chrome\s90,\sFirefox\s90\sand\sSafari\s15\.0/, file);
    }
    const desktops = { chrome: 90, chrome_android: 90, edge: 90, firefox: 90, safari: 15, safari_ios: 15 };
    assert.deepEqual(Object.fromEntries(FLOOR), desktops);
  });

  it('know every member of theirs that our sources use, or are asked for it', () => {
    assert.deepEqual(but(Object.keys(GUARDED), newer), []);
    for (const name of Object.keys(GUARDED)) {
      assert.ok(
        newer.some(({ what }) => what === name),
        `${name} is used no more`,
      );
    }
  });

  it('can read what bundlers take from npm, and many hand on as it is', () => {
    const built = npmBuild(program, FOLDERS);
    assert.ok(built.size > 100);
    for (const [file, source] of built) assert.deepEqual(but([], newerJavaScript(source, known)), [], file);
  });

  assert.ok(files.length > 5, 'run "npm run build:cdn" first');
  for (const file of files) {
    it(`can read ${file}`, () => {
      assert.deepEqual(but(LIT, newerJavaScript(read(file), known)), []);
    });

    it(`can draw ${file}`, () => {
      const source = read(file);
      assert.deepEqual(but(Object.keys(FALLBACKS), stylesIn(source).flatMap(newerCss)), []);
      assert.deepEqual(but(['<dialog>'], markupIn(source).flatMap(newerElements)), []);
    });
  }

  it('are asked by Lit, too', () => {
    const found = files.flatMap((file) => newerJavaScript(read(file), known)).map(({ what }) => what);
    assert.deepEqual([...new Set(found)].sort(), [...LIT].sort());
  });

  it('have something in the place of all that is newer', () => {
    const found = files.flatMap((file) => stylesIn(read(file))).flatMap(newerCss);
    for (const name of Object.keys(FALLBACKS)) {
      assert.ok(
        found.some(({ what }) => what === name),
        `${name} is used no more`,
      );
    }
  });

  it('can draw the hosted page, and read all that it links', async () => {
    const companion = await startCompanion();
    try {
      const page = await (await fetch(`${companion.url}/pay`)).text();
      assert.deepEqual(but([], newerElements(page)), []);
      const links = [...page.matchAll(/(?:href|src)="([\w./-]+\.(js|css))"/g)];
      assert.ok(links.some(([, , type]) => type === 'css') && links.some(([, , type]) => type === 'js'));
      for (const [, address, type] of links) {
        const text = await (await fetch(new URL(address!, `${companion.url}/pay`))).text();
        const findings = type === 'css' ? newerCss(text) : newerJavaScript(text, known);
        // The tests above check the element's own script.
        const allowed = address === 'sbp-checkout.js' ? LIT : HOSTED_PAGE;
        assert.deepEqual(but(allowed, findings), [], address);
      }
    } finally {
      await companion.stop();
    }
  });
});
