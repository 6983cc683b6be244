import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { startCompanion, type TestCompanion } from '../support/companion.ts';
import { FormProvider } from '../support/form-provider.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { readQrCodes } from '../support/qr-reader.ts';
import { screenIs, ShopPage, textOf, troubleOf } from '../support/shop-page.ts';

let browser: Browser;
let shop: ShopPage;

before(async () => {
  shop = await ShopPage.open();
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await shop.close();
});

const SEVERAL = { methods: ['sbp', 'sberpay', 'buyer_qr'] };

/** Returns the code on the screen when it differs from `last`. */
async function codeOn(page: Page, last = ''): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const [code] = await readQrCodes(await page.screenshot());
    if (code !== undefined && code !== last) return code;
    assert.ok(Date.now() < deadline, 'no other code came');
    await page.waitForTimeout(100);
  }
}

describe('several methods in one checkout', () => {
  let companion: CompanionProcess;

  before(async () => {
    companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin });
  });
  after(() => companion.stop());

  it('is walked from choice to choice: code, another code, a scan, a better scan, paid', async () => {
    const { token } = await companion.client.createPayment(SEVERAL);
    const page = await (await browser.newContext(DESKTOP)).newPage();
    const trouble = troubleOf(page);
    await shop.show(page, companion.url, token);
    await screenIs(page, 'choose');
    await page.getByRole('button', { name: /^СБП/ }).click();
    await screenIs(page, 'pay');
    const first = await codeOn(page);

    await page.getByRole('button', { name: 'Другой способ оплаты' }).click();
    await screenIs(page, 'choose');
    await page.getByRole('button', { name: /^Сбербанк/ }).click();
    await screenIs(page, 'pay');
    assert.notEqual(await codeOn(page, first), first);
    assert.match(await textOf(page), /Оплата через Сбербанк/);
    await page.getByLabel('Номер телефона').fill('8 (999) 000-11-22');
    await page.getByRole('button', { name: 'Отправить' }).click();
    await page.getByText('Отправили. Откройте уведомление на телефоне.').waitFor();

    await page.getByRole('button', { name: 'Другой способ оплаты' }).click();
    await page.getByRole('button', { name: /^Мой QR-код/ }).click();
    await screenIs(page, 'pay');
    const field = page.getByLabel('Код из приложения банка');
    await field.waitFor();
    // A scanner types into the element with the focus, so wait until the field has it.
    await page.waitForFunction(() => document.activeElement?.localName === 'sbp-checkout');
    await page.keyboard.type('https://sberbank.ru/qr/?unknown');
    await page.keyboard.press('Enter');
    await page.getByText('Код не подошёл.').waitFor();
    await screenIs(page, 'pay');
    await page.waitForFunction(() => document.activeElement?.localName === 'sbp-checkout');
    await page.keyboard.type('реезыЖ..ыиукифтлюкг.йк.,СдшутеШвЙк=40фс47');
    await page.keyboard.press('Enter');
    await screenIs(page, 'waiting');
    assert.match(await textOf(page), /Банк обрабатывает платёж/);
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('opens one app on a phone, where the method has but one', async () => {
    const { token } = await companion.client.createPayment({ methods: ['sbp', 'sberpay'] });
    const page = await (await browser.newContext(PHONE)).newPage();
    const trouble = troubleOf(page);
    await shop.show(page, companion.url, token);
    await page.getByRole('button', { name: /^Сбербанк/ }).click();
    await screenIs(page, 'pay');
    const app = page.getByRole('link', { name: 'Открыть приложение банка' });
    const [bank] = await Promise.all([page.context().waitForEvent('page'), app.click()]);
    await screenIs(page, 'waiting');
    await bank.getByRole('button', { name: /^Оплатить 1/ }).click();
    await bank.getByText('Оплачено').first().waitFor();
    await bank.close();
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('renews an expired code in place, and takes the money by the new one', async () => {
    const { token } = await companion.client.createPayment({ expires_in: 15 });
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await shop.show(page, companion.url, token);
    await screenIs(page, 'pay');
    const first = await codeOn(page);
    await screenIs(page, 'expired');
    await page.getByRole('button', { name: 'Получить новый код' }).click();
    await screenIs(page, 'pay');
    const second = await codeOn(page, first);
    await fetch(second, { method: 'POST', body: 'action=pay', redirect: 'manual' });
    await screenIs(page, 'paid');
    await page.context().close();
  });
});

describe('a payment by a form', () => {
  let companion: TestCompanion;
  let provider: FormProvider;

  before(async () => {
    provider = await FormProvider.open();
    companion = await startCompanion(
      { SBP_ALLOWED_ORIGINS: shop.origin, SBP_METHODS: 'sbp=sandbox' },
      { providers: { sandbox: provider } },
    );
  });
  after(async () => {
    await companion.stop();
    await provider.close();
  });

  it('leaves the hosted page by one tap, comes back to "waiting", and ends paid', async () => {
    const { payment_url, payment_id } = await companion.createPayment();
    const page = await (await browser.newContext(PHONE)).newPage();
    const trouble = troubleOf(page);
    await page.goto(payment_url);
    await screenIs(page, 'pay');
    await page.getByRole('button', { name: 'Перейти к оплате' }).click();
    await page.waitForURL(`${provider.origin}/pay`);
    assert.deepEqual(provider.posted, [
      {
        method: 'POST',
        contentType: 'application/x-www-form-urlencoded',
        fields: [
          ['uid', payment_id],
          ['submit', '"><b>Ромашка</b>'],
        ],
      },
    ]);

    await page.goBack();
    await screenIs(page, 'waiting');
    assert.match(await textOf(page), /Завершите оплату на странице банка/);
    await page.getByRole('button', { name: 'Открыть ещё раз' }).click();
    await page.waitForURL(`${provider.origin}/pay`);
    await page.getByRole('button', { name: 'Подтвердить' }).click();
    await page.waitForURL(payment_url);
    await screenIs(page, 'waiting');
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  for (const [iframe, leaves] of [
    [false, 'takes the whole tab'],
    [true, 'stays in the frame where the payment system allows it'],
  ] as const) {
    it(`${leaves}, out of a shop’s frame`, async () => {
      provider.iframe = iframe;
      const { token } = await companion.createPayment();
      const page = await (await browser.newContext(DESKTOP)).newPage();
      const around = `${provider.origin}/around`;
      await page.goto(around);
      await page.evaluate(
        (url) => {
          const frame = document.createElement('iframe');
          frame.width = '700';
          frame.height = '600';
          frame.src = url;
          document.body.replaceChildren(frame);
        },
        `${shop.origin}/checkout?companion=${encodeURIComponent(companion.url)}`,
      );
      const frame = page.frameLocator('iframe');
      await frame.locator('sbp-checkout').evaluate((element, value) => {
        element.setAttribute('token', value);
      }, token);
      await frame.getByRole('button', { name: 'Перейти к оплате' }).click();
      if (iframe) {
        await frame.getByRole('button', { name: 'Подтвердить' }).waitFor();
        assert.equal(page.url(), around);
      } else {
        await page.waitForURL(`${provider.origin}/pay`);
      }
      await page.context().close();
    });
  }
});
