import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { freePort } from '../support/companion.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { screenIs } from '../support/shop-page.ts';

/** Where to put a picture of each step, for whoever wants to look. */
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

/** The demo shop on a simulated system, with something bought in it. */
async function buy(t: TestContext, provider: string): Promise<Demo> {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-demo-'));
  const [shopPort, companionPort] = [await freePort(), await freePort()];
  const demo = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../demo/main.ts'), '--provider', provider],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        DEMO_SHOP_PORT: String(shopPort),
        SBP_PORT: String(companionPort),
        SBP_DATABASE_URL: `file:${directory}/demo.sqlite`,
        SBP_BANKS_URL: 'http://127.0.0.1:9/none.json',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const context = await browser.newContext(DESKTOP);
  t.after(async () => {
    await context.close();
    const exited = once(demo, 'exit');
    demo.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true, force: true });
  });
  const deadline = Date.now() + PATIENCE_MS;
  while (!output.includes('The simulated bank')) {
    assert.ok(Date.now() < deadline && demo.exitCode === null, `the demo did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const bankUrl = /The simulated bank of [\w-]+: {2}(\S+)/.exec(output)![1]!;
  const page = await context.newPage();
  await page.goto(`http://localhost:${shopPort}`);
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
