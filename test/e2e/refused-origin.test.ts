import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { screenIs, ShopPage, textOf } from '../support/shop-page.ts';
import { until } from '../support/until.ts';

/** Localhost is allowed in development only. */
const PRODUCTION = { NODE_ENV: 'production', SBP_BANKS_URL: 'https://127.0.0.1:9/no-banks.json' };

let browser: Browser;
let shop: ShopPage;
let companion: CompanionProcess;
before(async () => {
  shop = await ShopPage.open();
  companion = await CompanionProcess.start({ ...PRODUCTION, SBP_ALLOWED_ORIGINS: 'https://shop.example' });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await companion.stop();
  await shop.close();
});

interface Visit {
  readonly page: Page;
  readonly console: string[];
  /** Method and path of every call to the companion. */
  readonly calls: string[];
  readonly errors: () => Promise<string[]>;
}

async function visit(attributes: Record<string, string> = {}): Promise<Visit> {
  const page = await (await browser.newContext(DESKTOP)).newPage();
  const [console, calls] = [[] as string[], [] as string[]];
  page.on('console', (message) => {
    if (message.text().includes('<sbp-checkout>')) console.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url().includes('/checkout/v1/'))
      calls.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.addInitScript(() => {
    const errors: string[] = [];
    Object.assign(window, { errors });
    document.addEventListener('sbp-error', ({ detail }) => {
      // The shop's page has no token yet.
      if (detail.code !== 'no-token') errors.push(detail.code);
    });
  });
  const { token } = await companion.client.createPayment();
  await shop.show(page, companion.url, token, attributes);
  const errors = () => page.evaluate(() => (window as unknown as { errors: string[] }).errors);
  return { page, console, calls, errors };
}

describe('a page of an origin that is not allowed', () => {
  for (const [locale, words] of [
    ['ru', /Не удалось открыть оплату[^]*Магазин ещё не настроил оплату на этой странице/],
    ['en', /Couldn't open this payment[^]*hasn't set up payment on this page/],
  ] as const) {
    it(`says it to the payer, the shop and the developer at once, and asks no more: ${locale}`, async () => {
      const { page, console, calls, errors } = await visit({ locale });
      await until(async () => (await errors()).length > 0, 'the refusal');
      await screenIs(page, 'error');
      assert.match(await textOf(page), words);
      assert.doesNotMatch(await textOf(page), /Нет связи|offline/);
      assert.deepEqual(await errors(), ['origin-not-allowed']);
      assert.equal(console.length, 1);
      assert.ok(console[0]!.includes(`SBP_ALLOWED_ORIGINS=${shop.origin}`), console[0]);
      await page.waitForTimeout(5_000);
      assert.deepEqual(calls, ['GET /checkout/v1/session']);
      await page.context().close();
    });
  }

  it('is named once in the companion’s log', () => {
    const lines = companion.output.split('\n').filter((line) => line.includes('SBP_ALLOWED_ORIGINS'));
    assert.equal(lines.length, 1);
    assert.ok(lines[0]!.includes(shop.origin));
  });

  it('opens no stream again and again when it loses its permission while one is open', async () => {
    const allowing = await CompanionProcess.start({ ...PRODUCTION, SBP_ALLOWED_ORIGINS: shop.origin });
    const { token } = await allowing.client.createPayment();
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await shop.show(page, allowing.url, token);
    await screenIs(page, 'pay');
    await page.waitForFunction(() => document.querySelector('sbp-checkout')?.connection === 'live');
    await allowing.terminate();
    const refusing = await CompanionProcess.start({
      ...PRODUCTION,
      SBP_PORT: String(allowing.port),
      SBP_PUBLIC_URL: allowing.url,
      SBP_DATABASE_URL: allowing.env['SBP_DATABASE_URL']!,
      SBP_ALLOWED_ORIGINS: 'https://shop.example',
    });
    await screenIs(page, 'error');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.waitForTimeout(5_000);
    assert.deepEqual(asked, [], 'nothing is asked any more');
    await page.context().close();
    await refusing.terminate();
    await allowing.stop();
  });

  it('may be the companion’s own, under a name that it does not know', async () => {
    const { payment_url, payment_id } = await companion.client.createPayment();
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await page.goto(payment_url.replace('127.0.0.1', 'localhost'));
    await screenIs(page, 'pay');
    // A POST has an `Origin` header, also when it goes to the page's own server.
    await page.getByRole('button', { name: 'Отменить оплату' }).click();
    await page.getByRole('button', { name: /^Да/ }).click();
    await screenIs(page, 'canceled');
    const payment = (await (await companion.client.api(`/payments/${payment_id}`)).json()) as {
      status: string;
    };
    assert.equal(payment.status, 'canceled');
    await page.context().close();
  });
});
