import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { readElementBuild } from '../../src/companion/http/pages/element-build.ts';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { apiClient, freePort } from '../support/companion.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { PathProxy } from '../support/path-proxy.ts';
import { screenIs, ShopPage, troubleOf } from '../support/shop-page.ts';

const PATH = '/pay-api';

let browser: Browser;
let companion: CompanionProcess;
let proxy: PathProxy;
let shop: ShopPage;
let pinnedPath = '';
before(async () => {
  pinnedPath = (await readElementBuild())!.pinnedPath;
  shop = await ShopPage.open((origin) => ({
    markup: `<script type="module" src="${origin}${PATH}${pinnedPath}/sbp-checkout.js"></script>`,
    scriptSources: origin,
  }));
  const port = await freePort();
  proxy = await PathProxy.start(PATH, () => `http://127.0.0.1:${port}`, true);
  companion = await CompanionProcess.start({
    SBP_PORT: String(port),
    SBP_PUBLIC_URL: proxy.url,
    SBP_ALLOWED_ORIGINS: shop.origin,
  });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await companion.stop();
  await Promise.all([proxy.stop(), shop.close()]);
});

async function newPage(): Promise<Page> {
  return (await browser.newContext(DESKTOP)).newPage();
}

const amountOf = (page: Page) => page.locator('sbp-checkout >> [part=amount]').innerText();
const open = async (page: Page, address: string) => {
  await page.goto(address);
  await screenIs(page, 'pay');
};

describe('a companion below a path', () => {
  it('shows its hosted page, with the code, and hears that it is paid', async () => {
    const client = apiClient(proxy.url);
    const { payment_id, payment_url } = await client.createPayment();
    const page = await newPage();
    const trouble = troubleOf(page);
    await open(page, payment_url);
    await page.locator('sbp-qr-code canvas').first().waitFor();
    await client.sandbox(payment_id, 'pay');
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('is found by an element without an endpoint, also by its pinned address', async () => {
    const { token } = await apiClient(proxy.url).createPayment();
    const page = await newPage();
    const trouble = troubleOf(page);
    await shop.show(page, new URL(proxy.url).origin, token);
    await screenIs(page, 'pay');
    await page.locator('sbp-qr-code canvas').first().waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});

describe('the hosted page', () => {
  it('does not replace a payment that it shows by another token, until it is over', async () => {
    const client = apiClient(proxy.url);
    const shown = await client.createPayment({ amount: 125_000 });
    const other = await client.createPayment({ amount: 999_900 });
    const page = await newPage();
    await open(page, shown.payment_url);
    const amount = await amountOf(page);
    const swap = () => page.evaluate((token) => void (location.hash = token), other.token);
    await swap();
    await page.waitForFunction((token) => location.hash === `#${token}`, shown.token);
    assert.equal(await amountOf(page), amount);
    assert.equal(await page.locator('sbp-checkout').getAttribute('status'), 'created');
    await client.sandbox(shown.payment_id, 'pay');
    await screenIs(page, 'paid');
    await swap();
    await screenIs(page, 'pay');
    assert.notEqual(await amountOf(page), amount);
    await page.context().close();
  });

  it('is out of its opener’s hands', async () => {
    const { payment_url } = await apiClient(proxy.url).createPayment();
    const opener = await newPage();
    await opener.goto(`${shop.origin}/checkout?companion=${new URL(proxy.url).origin}`);
    const [opened] = await Promise.all([
      opener.context().waitForEvent('page'),
      opener.evaluate((address) => void Object.assign(window, { opened: window.open(address) }), payment_url),
    ]);
    await screenIs(opened, 'pay');
    const isGone = () => (window as unknown as { opened: Window }).opened.closed;
    await opener.waitForFunction(isGone);
    assert.equal(await opened.evaluate(() => window.opener === null), true);
    await opener.context().close();
  });
});
