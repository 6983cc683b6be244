import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { readQrCodes } from '../support/qr-reader.ts';
import { screenIs, screenWithin, textOf, troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const street = openStreet();

describe('a payment on a desktop and a phone', () => {
  it('goes from the code on the screen to the bank on the phone and back to "paid"', async (t) => {
    const { token, qr_payload } = await street.companion.client.createPayment();
    const desktop = await (await street.browser.newContext(DESKTOP)).newPage();
    const trouble = troubleOf(desktop);
    await street.shop.show(desktop, street.companion.url, token);
    await screenIs(desktop, 'pay');
    await desktop.locator('sbp-checkout >> canvas').first().waitFor();

    const [scanned] = await readQrCodes(await desktop.screenshot());
    assert.equal(scanned, qr_payload);

    const phone = await (await street.browser.newContext(PHONE)).newPage();
    await phone.goto(scanned);
    await phone.getByRole('button', { name: /^Оплатить 1/ }).click();
    const tapped = Date.now();
    await screenWithin(desktop, 'paid', 2_000);
    t.diagnostic(`the bank's button to "paid" on the other screen: ${Date.now() - tapped} ms`);
    assert.match(await textOf(desktop), /Оплачено[^]*1\s250\s₽/);
    await phone.getByText('Оплачено').first().waitFor();
    assert.deepEqual(trouble, []);
    await desktop.context().close();
    await phone.context().close();
  });

  it('is walked on the phone alone: bank list, bank, back, paid', async () => {
    const { token } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(PHONE)).newPage();
    const trouble = troubleOf(page);
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    const bank = page.getByRole('link', { name: /Тестовый банк/ });
    await bank.waitFor();
    await page.getByRole('searchbox').fill('песочн');
    // The first focus loads the search.
    await until(
      async () => (await page.locator('sbp-checkout >> [part~=bank]').count()) === 1,
      'one bank found',
    );
    const [bankPage] = await Promise.all([page.context().waitForEvent('page'), bank.click()]);
    await screenIs(page, 'waiting');
    await bankPage.getByRole('button', { name: /^Оплатить 1/ }).click();
    await bankPage.getByText('Оплачено').first().waitFor();
    await bankPage.close();
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('shows a slow bank at work, then the result', async () => {
    const { token, qr_payload } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await fetch(qr_payload, {
      method: 'POST',
      body: new URLSearchParams({ action: 'process_then_pay' }),
      redirect: 'manual',
    });
    await screenWithin(page, 'waiting', 2_000);
    assert.match(await textOf(page), /Банк обрабатывает платёж/);
    await screenIs(page, 'paid');
    await page.context().close();
  });

  it('shows a refusal in words, with a way on', async () => {
    const { token, payment_id } = await street.companion.client.createPayment({
      return_url: 'https://street.shop.example/cart',
    });
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await street.companion.client.sandbox(payment_id, 'decline');
    await screenWithin(page, 'failed', 2_000);
    const element = page.locator('sbp-checkout');
    assert.match(await textOf(page), /Оплата не прошла/);
    assert.equal(await element.getByRole('link').getAttribute('href'), 'https://street.shop.example/cart');
    await page.context().close();
  });

  it('fires each result once, however often it is told', async () => {
    const { token, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await street.shop.show(page, street.companion.url, token);
    await page.evaluate(() => {
      const fired: string[] = [];
      Object.assign(window, { fired });
      for (const name of ['sbp-paid', 'sbp-failed', 'sbp-expired', 'sbp-error']) {
        document.addEventListener(name, () => fired.push(name));
      }
    });
    await screenIs(page, 'pay');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenIs(page, 'paid');
    for (let i = 0; i < 3; i++) {
      await page.evaluate(() => {
        window.dispatchEvent(new Event('online'));
        window.dispatchEvent(new Event('focus'));
        document.dispatchEvent(new Event('visibilitychange'));
      });
    }
    await page.waitForTimeout(1_000);
    assert.deepEqual(await page.evaluate(() => (window as unknown as { fired: string[] }).fired), [
      'sbp-paid',
    ]);
    await page.context().close();
  });
});

describe('a token that opens nothing', () => {
  for (const [name, token] of [
    ['forged', 'pay_00000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['garbled', '<img src=x onerror=alert(1)>'],
  ] as const) {
    it(`ends in clear words and no storm of requests: ${name}`, async () => {
      const page = await (await street.browser.newContext(DESKTOP)).newPage();
      let requests = 0;
      page.on('request', (request) => {
        if (request.url().includes('/checkout/v1/') && request.method() === 'GET') requests++;
      });
      await street.shop.show(page, street.companion.url, token);
      await screenIs(page, 'error');
      await page.waitForTimeout(3_000);
      assert.match(await textOf(page), /Не удалось открыть оплату/);
      assert.ok(requests <= 2, `${requests} requests`);
      await page.context().close();
    });
  }
});

describe('the hosted page', () => {
  it('takes the payment by its link alone, under a strict policy', async () => {
    const { payment_url, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(PHONE)).newPage();
    const trouble = troubleOf(page);
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(payment_url);
    await screenIs(page, 'pay');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenWithin(page, 'paid', 2_000);
    assert.deepEqual(trouble, []);
    const token = payment_url.split('#')[1]!;
    // No request may send the token. Only the page's own `request.url()` includes the fragment, which is not sent.
    assert.equal(
      requested.some((url) => url.split('#')[0]!.includes(token)),
      false,
    );
    assert.equal(street.companion.output.includes(token), false);
    await page.context().close();
  });

  it('says so when the link is cut off or broken', async () => {
    for (const fragment of ['', '#', '#nonsense', '#%']) {
      const page = await (await street.browser.newContext(PHONE)).newPage();
      await page.goto(`${street.companion.url}/pay${fragment}`);
      await screenIs(page, 'error');
      await page.context().close();
    }
  });
});
