import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ESLint, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { BESIDE_THE_PAGE, IN_THE_PAGE, type Restriction } from './scripted-hands.ts';

function refusals(text: string, restrictions: readonly Restriction[]): number {
  const found = new Linter().verify(text, {
    languageOptions: { parser },
    rules: { 'no-restricted-syntax': ['error', ...restrictions] },
  });
  for (const { ruleId, message } of found) assert.equal(ruleId, 'no-restricted-syntax', message);
  return found.length;
}

/** Code in a test that runs in the page. */
const SCRIPTED = [
  `button.click();`,
  `(await shown(checkout, '.a')).click();`,
  `checkout.shadowRoot!.querySelector('button')!.click();`,
  `link?.click();`,
  `link.dispatchEvent(new MouseEvent('click'));`,
  `const tap = new PointerEvent('pointerdown', { bubbles: true });`,
  `document.body.dispatchEvent(new KeyboardEvent('keydown', init));`,
  `input.dispatchEvent(new Event('input'));`,
  `form.dispatchEvent(new Event('submit'));`,
  `form.requestSubmit();`,
  `input.value = 'a';`,
];
const BY_A_HAND = [
  `await tap(button);`,
  `await sendKeys({ press: 'Enter' });`,
  `await typeInto(input, 'a');`,
  `document.dispatchEvent(new Event('visibilitychange'));`,
  `window.dispatchEvent(new PageTransitionEvent('pageshow'));`,
  `window.dispatchEvent(new Event('focus'));`,
  `expect(input.value).to.equal('a');`,
];
/** Code in a test that drives a browser from outside. */
const SCRIPTED_BESIDE = [
  `await page.evaluate(() => document.querySelector('button')!.click());`,
  `await page.locator('a').evaluate((link: HTMLElement) => link.click());`,
  `await page.addInitScript(() => setTimeout(() => document.querySelector('a')!.click()));`,
  `await page.locator('a').click({ force: true });`,
  `await page.locator('a').dispatchEvent('click');`,
  `await page.evaluate(() => { input.value = 'a'; });`,
];
const BY_A_HAND_BESIDE = [
  `await page.locator('a').click();`,
  `await page.getByLabel('Phone').fill('a');`,
  `await page.evaluate(() => window.dispatchEvent(new Event('online')));`,
  `rmSync(directory, { recursive: true, force: true });`,
];

describe('a tap or a key by script in a test', () => {
  for (const text of SCRIPTED) {
    it(`is refused: ${text}`, () => assert.equal(refusals(text, IN_THE_PAGE), 1));
  }
  for (const text of SCRIPTED_BESIDE) {
    it(`is refused beside the page: ${text}`, () => assert.equal(refusals(text, BESIDE_THE_PAGE), 1));
  }
  it('is told from one by hand', () => {
    for (const text of BY_A_HAND) assert.equal(refusals(text, IN_THE_PAGE), 0, text);
    for (const text of BY_A_HAND_BESIDE) assert.equal(refusals(text, BESIDE_THE_PAGE), 0, text);
  });

  it('is refused by the repository’s own settings, wherever a test is', async () => {
    const eslint = new ESLint();
    for (const [file, wanted] of [
      ['test/widget/components/other-methods/cancel-question.test.ts', IN_THE_PAGE],
      ['test/widget/session/clockwork/actions.test.ts', IN_THE_PAGE],
      ['test/support/checkout.ts', BESIDE_THE_PAGE],
      ['test/e2e/pay.test.ts', BESIDE_THE_PAGE],
      ['test/companion/system/fuzz.test.ts', BESIDE_THE_PAGE],
      ['demo/screenshots.ts', BESIDE_THE_PAGE],
    ] as const) {
      const { rules } = (await eslint.calculateConfigForFile(file)) as { rules: Record<string, unknown[]> };
      assert.deepEqual(rules['no-restricted-syntax']?.slice(1), wanted, file);
    }
  });
});
