import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { RunningDemo } from '../support/running-demo.ts';
import { screenIs } from '../support/shop-page.ts';

/** The folder for a screenshot of each step; unset for none. */
const PICTURES = process.env['DEMO_PICTURES'];

/** The shop's page around the element offers one payment at a time, the same in every tab. */
describe("an order in the demo shop's page", () => {
  let demo: RunningDemo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  before(async () => {
    demo = await RunningDemo.start();
    browser = await launchChromium();
    context = await browser.newContext(DESKTOP);
  });
  after(async () => {
    await browser.close();
    await demo.stop();
  });

  async function buy(): Promise<void> {
    page = await context.newPage();
    await page.goto(demo.shopUrl);
    await page.locator('.card[data-sku] button').first().click();
    await page.locator('.cart .primary').click();
    await screenIs(page, 'pay');
  }
  const token = async (of: Page) => (await of.locator('sbp-checkout').getAttribute('token'))!;
  const again = (of: Page) => of.getByRole('button', { name: 'Оплатить заново' });
  async function picture(of: Page, step: string): Promise<void> {
    if (PICTURES) await of.screenshot({ path: `${PICTURES}/order-${step}.png`, fullPage: true });
  }
  /** Does an action of the bank's page by its API. */
  async function bank(paymentToken: string, action: string): Promise<void> {
    const [paymentId] = paymentToken.split('.');
    const response = await fetch(`${demo.companionUrl}/sandbox/payments/${paymentId}/${action}`, {
      method: 'POST',
    });
    assert.equal(response.status, 200);
  }

  it('is begun anew in the element while that can be, and nowhere else', async () => {
    await buy();
    const first = await token(page);
    await bank(first, 'expire');
    await screenIs(page, 'expired');
    await picture(page, 'expired');
    assert.equal(await again(page).count(), 0);
    await page.getByRole('button', { name: 'Получить новый код' }).click();
    await screenIs(page, 'pay');
    assert.equal(await again(page).count(), 0);
    await bank(first, 'pay');
    await page.locator('.checkout[data-status=paid]').waitFor();
    assert.equal(await page.locator('[data-extra]').count(), 0);
    await page.close();
  });

  it('that the bank has declined can be paid again, though the first answer brings older news', async () => {
    await buy();
    const paymentToken = await token(page);
    await bank(paymentToken, 'process');
    await screenIs(page, 'waiting');
    const order = `${demo.shopUrl.replace(/\/$/, '')}/api/orders/${new URL(page.url()).searchParams.get('order')}`;
    const older = await (await fetch(order)).text();
    await page.route(order, (route) => route.fulfill({ body: older, contentType: 'application/json' }), {
      times: 1,
    });
    await bank(paymentToken, 'decline');
    await again(page).waitFor();
    await page.close();
  });

  it('that its payer has canceled is paid anew by one payment, shown in every tab', async () => {
    await buy();
    const first = await token(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await screenIs(other, 'pay');
    await page.getByRole('button', { name: 'Отменить оплату' }).click();
    await page.getByRole('button', { name: 'Да, отменить' }).click();
    for (const tab of [page, other]) await again(tab).waitFor();
    await picture(page, 'canceled');
    await Promise.all([again(page).click(), again(other).click()]);
    for (const tab of [page, other]) await screenIs(tab, 'pay');
    const second = await token(page);
    assert.notEqual(second, first);
    assert.equal(await token(other), second);
    // The bank still had the first code open, and the payer pays it: that money is refunded, and the second code stays.
    await bank(first, 'pay');
    await page.reload();
    await page.locator('[data-extra=returned]').waitFor();
    assert.equal(await token(page), second);
    await picture(page, 'extra-waiting');
    await bank(second, 'pay');
    for (const tab of [page, other]) await tab.locator('.checkout[data-status=paid]').waitFor();
    await picture(page, 'extra-paid');
    await other.close();
    await page.close();
  });
});
