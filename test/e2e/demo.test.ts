import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { assertCleanAddresses } from '../support/address-scan.ts';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import { assertNoLeaks } from '../support/log-scan.ts';
import { readQrCodes } from '../support/qr-reader.ts';
import { RunningDemo } from '../support/running-demo.ts';
import { screenIs, screenWithin } from '../support/shop-page.ts';

let browser: Browser;
let demo: RunningDemo;
let shopUrl = '';

before(async () => {
  demo = await RunningDemo.start();
  shopUrl = demo.shopUrl;
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await demo.stop();
  assertNoLeaks(demo.output, []);
  assertCleanAddresses();
});

describe('npm run demo', () => {
  it('shows the network its shop, and nothing that lies beside it', async () => {
    for (const path of [
      '/data/development-secrets.json',
      '/data/demo.sqlite',
      '/package.json',
      '/.git/config',
      '/src/companion/config.ts',
      '/@fs/etc/passwd',
    ]) {
      const text = await (await fetch(shopUrl + path)).text();
      assert.ok(
        /^\s*<!doctype html>/i.test(text) || /restricted|not found/i.test(text),
        `${path}: ${text.slice(0, 80)}`,
      );
    }
  });

  it('sells: a desktop buys, a phone scans and pays, the shop knows it by its webhook', async (t) => {
    const desktop = await (
      await browser.newContext({ ...DESKTOP, viewport: { width: 1280, height: 1000 } })
    ).newPage();
    await desktop.goto(shopUrl);
    await desktop.locator('.card[data-sku] button').first().click();
    await desktop.locator('.cart .primary').click();
    await screenIs(desktop, 'pay');
    await desktop.locator('sbp-checkout >> canvas').first().waitFor();
    await desktop.locator('sbp-checkout').scrollIntoViewIfNeeded();
    const codes = await readQrCodes(await desktop.screenshot());
    const scanned = codes.find((code) => code.includes('/sandbox/bank/'));
    assert.ok(scanned, `no payment code among ${JSON.stringify(codes)}`);

    const phone = await (await browser.newContext(PHONE)).newPage();
    await phone.goto(scanned);
    await phone.getByRole('button', { name: /^Оплатить \d/ }).click();
    const tapped = Date.now();
    await screenWithin(desktop, 'paid', 2_000);
    t.diagnostic(`the bank's button to "paid" in the shop: ${Date.now() - tapped} ms`);
    await desktop.locator('.checkout[data-status=paid]').waitFor();
    await phone.context().close();
    await desktop.context().close();
  });

  it('sells on a phone alone, through the bank list', async () => {
    const phone = await (await browser.newContext(PHONE)).newPage();
    await phone.goto(shopUrl);
    await phone.locator('.card[data-sku] button').first().click();
    await phone.locator('.cart .primary').click();
    await screenIs(phone, 'pay');
    const [bank] = await Promise.all([
      phone.context().waitForEvent('page'),
      phone.getByRole('link', { name: /Тестовый банк/ }).click(),
    ]);
    await bank.getByRole('button', { name: /^Оплатить \d/ }).click();
    await bank.getByText('Оплачено').first().waitFor();
    await phone.locator('.checkout[data-status=paid]').waitFor();
    await phone.context().close();
  });
});
