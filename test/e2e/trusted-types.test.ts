import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { DEVICES } from '../support/devices.ts';
import { bundleShopLit } from '../support/shop-lit.ts';
import { screenIs, ShopPage, troubleOf, type Loading } from '../support/shop-page.ts';
import { until } from '../support/until.ts';

/** Orders of a page's scripts. `OURS` is our script, and `LIT` is the shop's own bundle with Lit. */
const ORDERS = {
  'alone in the body': '<body>OURS',
  'async in the head': '<head>ASYNC</head><body>',
  'after the shop’s Lit': '<body>LIT OURS',
  'before the shop’s Lit': '<body>OURS LIT',
  'async beside the shop’s Lit': '<body>ASYNC LIT',
} as const;

/** The `trusted-types` value, with the orders to test under it. The shop's own Lit needs its name in the value. */
const WORDS = {
  'lit-html': Object.keys(ORDERS),
  "lit-html 'allow-duplicates'": Object.keys(ORDERS),
  'shop-policy': ['alone in the body', 'async in the head'],
  "shop-policy 'allow-duplicates'": ['alone in the body'],
  "'none'": ['alone in the body', 'async in the head'],
} as const;

let browser: Browser;
let companion: CompanionProcess;
let shop: ShopPage;
let loading: Omit<Loading, 'scriptSources'>;

before(async () => {
  const lit = await bundleShopLit();
  shop = await ShopPage.open(
    (url) => ({ ...loading, scriptSources: url }),
    (path) => (path === '/shop-lit.js' ? lit : null),
  );
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await shop.close();
  await companion.stop();
});

function arrange(order: keyof typeof ORDERS, query: string, trustedTypes: string): void {
  const ours = (how: string) =>
    `<script type="module" ${how} src="${companion.url}/sbp-checkout.js${query}"></script>`;
  const markup = ORDERS[order]
    .replace('OURS', ours(''))
    .replace('ASYNC', ours('async'))
    .replace('LIT', '<script type="module" src="/shop-lit.js"></script>');
  loading = { markup, trustedTypes };
}

/** The strictest page: the shop's Lit runs first, its policy name may be used only once, and the address has a query. */
const HARDEST = ['after the shop’s Lit', '?ver=6.4', 'lit-html'] as const;

async function open(
  options: BrowserContextOptions,
  payment: Record<string, unknown> = {},
  attributes: Record<string, string> = {},
): Promise<{ page: Page; trouble: string[]; paymentId: string }> {
  const { token, payment_id: paymentId } = await companion.client.createPayment(payment);
  const page = await (await browser.newContext(options)).newPage();
  const trouble = troubleOf(page);
  page.on('request', (request) => {
    if (request.url().endsWith('/sbp-checkout.js') && loading.markup.includes('?ver='))
      trouble.push(`a second copy: ${request.url()}`);
  });
  await shop.show(page, companion.url, token, attributes);
  return { page, trouble, paymentId };
}

describe('a page that requires Trusted Types', () => {
  for (const [words, orders] of Object.entries(WORDS)) {
    for (const order of orders as readonly (keyof typeof ORDERS)[]) {
      for (const query of ['', '?ver=6.4']) {
        it(`is paid under "${words}", the script ${order}${query && `, with ${query}`}`, async () => {
          arrange(order, query, words);
          const { page, trouble, paymentId } = await open(DESKTOP);
          await page.locator('sbp-code-tools button').first().waitFor();
          if (loading.markup.includes('shop-lit')) await page.getByText('Корзина').waitFor();
          await companion.client.sandbox(paymentId, 'pay');
          await screenIs(page, 'paid');
          assert.deepEqual(trouble, []);
          await page.context().close();
        });
      }
    }
  }
});

describe('each part that comes on demand', () => {
  before(() => arrange(...HARDEST));

  it('the bank list and its search', async () => {
    const { page, trouble } = await open(PHONE);
    await page.getByRole('link', { name: /Тестовый банк/ }).waitFor();
    await page.getByRole('searchbox').fill('песочн');
    // The first focus loads the search.
    await until(
      async () => (await page.locator('sbp-checkout >> [part~=bank]').count()) === 1,
      'one bank found',
    );
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('the code’s tools', async () => {
    const { page, trouble } = await open(DESKTOP);
    await page.getByRole('button', { name: 'Увеличить код' }).click();
    await page.locator('sbp-code-tools dialog sbp-qr-code canvas').waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('the other methods, the scanner’s field and the message to a phone', async () => {
    const { page, trouble } = await open(DESKTOP, { methods: ['sbp', 'sberpay', 'buyer_qr'] });
    await screenIs(page, 'choose');
    await page.getByRole('button', { name: /Мой QR-код/ }).click();
    await page.locator('sbp-other-ways [part~=scanner]').waitFor();
    await page.getByRole('button', { name: /Другой способ/ }).click();
    await page.getByRole('button', { name: /Сбербанк/ }).click();
    await page.locator('sbp-other-ways [part~=phone]').waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('the way out of an app’s browser', async () => {
    const { userAgent } = DEVICES.find(({ name }) => name === 'VK on Android')!;
    const { page, trouble } = await open({ ...PHONE, userAgent });
    await page.getByText(/Этот браузер не открывает приложения банков/).waitFor();
    await page.locator('sbp-way-out button').first().waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('the wait for a bank, and the way back to the shop', async () => {
    const { page, trouble, paymentId } = await open(
      PHONE,
      { return_url: `${shop.origin}/checkout?back` },
      { redirect: '600' },
    );
    const [bankPage] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: /Тестовый банк/ }).click(),
    ]);
    await bankPage.close();
    await page.locator('sbp-bank-wait button').first().waitFor();
    await companion.client.sandbox(paymentId, 'pay');
    await page.getByText(/Вернём в магазин через/).waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});
