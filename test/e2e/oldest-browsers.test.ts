import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { middleOf, reads, showsScreen, tap, typeInto } from '../support/floor/bare-page.ts';
import { codeIn } from '../support/floor/code-in.ts';
import { launchOldestChromium, runsOldestChromium } from '../support/oldest-chromium.ts';
import { troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const ANDROID: BrowserContextOptions = {
  ...PHONE,
  userAgent:
    'Mozilla/5.0 (Linux; Android 10; SM-A505F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.91 Mobile Safari/537.36',
};

describe('Chromium 90', { skip: !runsOldestChromium && 'it is built for x64 Linux' }, () => {
  const street = openStreet({}, launchOldestChromium);

  async function opened(device: BrowserContextOptions): Promise<{ page: Page; trouble: string[] }> {
    const page = await (await street.browser.newContext(device)).newPage();
    return { page, trouble: troubleOf(page) };
  }

  it('is what it says', () => assert.match(street.browser.version(), /^9[01]\./));

  it('takes a payment on a shop’s page: from the code to "paid"', async () => {
    const { token, payment_id, qr_payload } = await street.companion.client.createPayment();
    const { page, trouble } = await opened(DESKTOP);
    await street.shop.show(page, street.companion.url, token);
    await showsScreen(page, 'pay');
    assert.equal(await codeIn(page), qr_payload);
    await street.companion.client.sandbox(payment_id, 'process');
    await showsScreen(page, 'waiting');
    await street.companion.client.sandbox(payment_id, 'pay');
    await showsScreen(page, 'paid');
    await reads(page, /Оплачено.*1 250 ₽/);
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('takes a payment on the hosted page', async () => {
    const { payment_url, payment_id, qr_payload } = await street.companion.client.createPayment();
    const { page, trouble } = await opened(DESKTOP);
    await page.goto(payment_url);
    await showsScreen(page, 'pay');
    assert.equal(await codeIn(page), qr_payload);
    await street.companion.client.sandbox(payment_id, 'pay');
    await showsScreen(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('takes a payment on one phone: bank list, search, bank, back, "paid"', async () => {
    const { token } = await street.companion.client.createPayment();
    const { page, trouble } = await opened(ANDROID);
    await street.shop.show(page, street.companion.url, token);
    await showsScreen(page, 'pay');
    await middleOf(page, /Тестовый банк/);
    await typeInto(page, /^Найти банк$/, 'песочн');
    const banks = () =>
      page.evaluate(() => {
        const picker = document.querySelector('sbp-checkout')?.shadowRoot?.querySelector('sbp-bank-picker');
        return picker?.shadowRoot?.querySelectorAll('[part~=bank]').length;
      });
    await until(async () => (await banks()) === 1, 'one bank found');
    const [popup] = await Promise.all([page.context().waitForEvent('page'), tap(page, /Тестовый банк/)]);
    await showsScreen(page, 'waiting');
    // Playwright does not always apply the phone's viewport to a popup of this browser: taps then miss their target.
    await popup.waitForURL(/\/sandbox\/bank\//);
    const bank = await page.context().newPage();
    await bank.goto(popup.url());
    await popup.close();
    await tap(bank, /^Оплатить 1/);
    await reads(bank, /Оплачено/);
    await bank.close();
    await showsScreen(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('enlarges the code over the page, and takes it back', async () => {
    const { token, qr_payload } = await street.companion.client.createPayment();
    const { page, trouble } = await opened(DESKTOP);
    await street.shop.show(page, street.companion.url, token);
    await tap(page, /^Увеличить код$/);
    await middleOf(page, /^Закрыть$/);
    const { width } = page.viewportSize()!;
    const widthOfCode = () =>
      page.evaluate(() => {
        const tools = document.querySelector('sbp-checkout')?.shadowRoot?.querySelector('sbp-code-tools');
        return tools?.shadowRoot?.querySelector('dialog sbp-qr-code')?.clientWidth ?? 0;
      });
    await until(async () => (await widthOfCode()) > width / 2, 'a larger code');
    assert.equal(await codeIn(page), qr_payload);
    await page.keyboard.press('Escape');
    await until(async () => (await widthOfCode()) === 0, 'the page as it was');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});
