import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { middleOf, reads, showsScreen, tap } from '../support/floor/bare-page.ts';
import { MDN } from '../support/floor/browsers.ts';
import { codeIn } from '../support/floor/code-in.ts';
import { missingIn, takeAway } from '../support/floor/take-away.ts';
import { ShopPage, troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const NONCE = 'R4nd0m';

/** A page with a nonce for the element's styles, as docs/element.md describes it. */
const withNonce = await ShopPage.open((companion) => ({
  markup:
    `<script nonce="${NONCE}">window.litNonce = '${NONCE}'</script>` +
    `<script type="module" src="${companion}/sbp-checkout.js"></script>`,
  scriptSources: `${companion} 'nonce-${NONCE}'`,
  styleSources: `'nonce-${NONCE}'`,
}));
after(() => withNonce.close());

const street = openStreet({ SBP_ALLOWED_ORIGINS: withNonce.origin });

for (const [name, browser, version] of [
  ['Safari 15.0', 'safari_ios', 15],
  ['Firefox 90', 'firefox', 90],
] as const) {
  describe(`a browser with no more than ${name} has`, () => {
    const missing = missingIn(MDN, browser, version);

    async function opened(device: BrowserContextOptions): Promise<{ page: Page; trouble: string[] }> {
      const page = await (await street.browser.newContext(device)).newPage();
      await page.addInitScript(takeAway, missing);
      return { page, trouble: troubleOf(page) };
    }

    const isStyled = (page: Page) =>
      page.evaluate(() => {
        const card = document.querySelector('sbp-checkout')!.shadowRoot!.querySelector('.card')!;
        return getComputedStyle(card).borderTopStyle === 'solid';
      });

    it('has neither constructable style sheets nor dialogs', async () => {
      const { page } = await opened(DESKTOP);
      await page.goto(`${street.companion.url}/pay`);
      assert.deepEqual(
        await page.evaluate(() => [
          'adoptedStyleSheets' in Document.prototype,
          'replaceSync' in CSSStyleSheet.prototype,
          typeof HTMLDialogElement,
          typeof structuredClone,
        ]),
        [false, false, 'undefined', 'undefined'],
      );
      await page.context().close();
    });

    it('takes a payment under a policy that allows no style: plainly drawn, and to the end', async () => {
      const { token, payment_id, qr_payload } = await street.companion.client.createPayment();
      const { page, trouble } = await opened(DESKTOP);
      await street.shop.show(page, street.companion.url, token);
      await showsScreen(page, 'pay');
      assert.equal(await isStyled(page), false);
      assert.equal(await codeIn(page), qr_payload);
      await middleOf(page, /^Скопировать ссылку$/);
      await street.companion.client.sandbox(payment_id, 'pay');
      await showsScreen(page, 'paid');
      await reads(page, /Оплачено.*1 250 ₽/);
      assert.ok(
        trouble.every((text) => text.includes('inline style')),
        trouble.join('\n'),
      );
      await page.context().close();
    });

    it('takes a payment by a bank’s link there', async () => {
      const { token, payment_id } = await street.companion.client.createPayment();
      const { page } = await opened(PHONE);
      await street.shop.show(page, street.companion.url, token);
      await Promise.all([page.context().waitForEvent('page'), tap(page, /Тестовый банк/)]);
      await showsScreen(page, 'waiting');
      await street.companion.client.sandbox(payment_id, 'pay');
      await showsScreen(page, 'paid');
      await page.context().close();
    });

    it('is styled by a nonce, and enlarges the code without a dialog', async () => {
      const { token, qr_payload } = await street.companion.client.createPayment();
      const { page, trouble } = await opened(DESKTOP);
      await withNonce.show(page, street.companion.url, token);
      await showsScreen(page, 'pay');
      assert.equal(await isStyled(page), true);
      await tap(page, /^Увеличить код$/);
      const { y } = await middleOf(page, /^Закрыть$/);
      assert.ok(y > 700, 'the code fills the page');
      assert.equal(await codeIn(page), qr_payload);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await middleOf(page, /^Увеличить код$/);
      await page.keyboard.press('Enter'); // The button has the focus again.
      await middleOf(page, /^Закрыть$/);
      await page.keyboard.press('Escape');
      await middleOf(page, /^Увеличить код$/);
      assert.deepEqual(trouble, []);
      await page.context().close();
    });

    it('shows the hosted page as any other does', async () => {
      const { payment_url, payment_id, qr_payload } = await street.companion.client.createPayment();
      const { page, trouble } = await opened(DESKTOP);
      await page.goto(payment_url);
      await showsScreen(page, 'pay');
      assert.equal(await isStyled(page), true);
      assert.equal(await codeIn(page), qr_payload);
      await street.companion.client.sandbox(payment_id, 'pay');
      await showsScreen(page, 'paid');
      assert.deepEqual(trouble, []);
      await page.context().close();
    });
  });
}
