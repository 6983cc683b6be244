import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { RunningDemo } from '../support/running-demo.ts';
import { screenIs } from '../support/shop-page.ts';

/** The folder for a screenshot of each step; unset for none. */
const PICTURES = process.env['DEMO_PICTURES'];

let browser: Browser;
before(async () => {
  browser = await launchChromium();
});
after(() => browser.close());

interface Demo {
  readonly page: Page;
  /** The simulated bank's page. */
  readonly bank: Page;
  picture(step: string): Promise<void>;
}

/** Starts the demo shop with a simulated payment system, and buys something in it. */
async function buy(t: TestContext, provider: string): Promise<Demo> {
  const demo = await RunningDemo.start('--provider', provider);
  t.after(() => demo.stop());
  const context = await browser.newContext(DESKTOP);
  t.after(() => context.close());
  const bankUrl = /The simulated bank of [\w-]+: {2}(\S+)/.exec(demo.output)![1]!;
  const page = await context.newPage();
  await page.goto(demo.shopUrl);
  await page.locator('.card[data-sku] button').first().click();
  await page.locator('.cart .primary').click();
  const bank = await context.newPage();
  await bank.goto(bankUrl);
  return {
    page,
    bank,
    async picture(step) {
      if (PICTURES)
        await page.screenshot({ path: join(PICTURES, `${provider}-${step}.png`), fullPage: true });
    },
  };
}

async function payInBank({ bank }: Demo): Promise<void> {
  await bank.reload();
  await bank.getByRole('button', { name: 'Оплатить' }).first().click();
}

describe('the demo on a simulated payment system', () => {
  for (const provider of ['freepayment', 'freepayment-mt', 'smart-glocal', 'sbp-api']) {
    it(`${provider}: shows a code, and is paid in the bank`, async (t) => {
      const demo = await buy(t, provider);
      await screenIs(demo.page, 'pay');
      await demo.picture('pay');
      await payInBank(demo);
      await screenIs(demo.page, 'paid');
      await demo.picture('paid');
    });
  }

  it('freepayment-iz: leaves by a form, and is paid there', async (t) => {
    const demo = await buy(t, 'freepayment-iz');
    await screenIs(demo.page, 'pay');
    await demo.picture('pay');
    await demo.page.locator('sbp-checkout form button').click();
    await demo.page.getByRole('button', { name: 'Оплатить' }).click();
    await demo.page.getByRole('link', { name: 'Вернуться в магазин' }).click();
    await demo.page.locator('.checkout[data-status=paid]').waitFor();
    await demo.picture('paid');
  });

  it('sberbank: takes the code that the payer shows', async (t) => {
    const demo = await buy(t, 'sberbank');
    await screenIs(demo.page, 'pay');
    await demo.picture('pay');
    await demo.page
      .locator('sbp-checkout input')
      .fill('https://sberbank.ru/qr/?ClientIdQr=40ac47&HashId=5c10bb');
    await demo.page.keyboard.press('Enter');
    await screenIs(demo.page, 'paid');
    await demo.picture('paid');
  });

  it('all: lets the payer choose', async (t) => {
    const demo = await buy(t, 'all');
    await screenIs(demo.page, 'choose');
    await demo.picture('choose');
    await demo.page.getByRole('button', { name: /^СБП/ }).click();
    await screenIs(demo.page, 'pay');
    await demo.picture('pay');
    await payInBank(demo);
    await screenIs(demo.page, 'paid');
  });
});
