import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { DESKTOP, PHONE } from '../support/browser.ts';
import type { CreatedPayment } from '../support/companion.ts';
import { readQrCodes } from '../support/qr-reader.ts';
import { troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const street = openStreet({ SBP_SANDBOX_LINK: 'nspk' });

const ELEMENT = '**/sbp-checkout.js';

/** Obstacles that keep the element from running and leave the plain page alone. */
const OBSTACLES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'does not parse the script': (page) => serve(page, ELEMENT, 'export class A { static { } ???'),
  'does not get the script': (page) => page.route(ELEMENT, (route) => route.fulfill({ status: 404 })),
  'blocks the script': (page) => page.route(ELEMENT, (route) => route.abort('blockedbyclient')),
  'lacks what the script needs at once': (page) => serve(page, ELEMENT, 'Object.nothingLikeIt();'),
  'lacks what the first picture needs': (page) =>
    page.addInitScript(() => {
      Object.defineProperty(Intl, 'NumberFormat', { value: undefined });
      Element.prototype.toggleAttribute = undefined as never;
      document.createTreeWalker = undefined as never;
    }),
  'knows no modules': async (page) => {
    await page.route('**/pay', async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      const body = html.replaceAll('type="module"', 'type="unknown"').replace('nomodule', '');
      await route.fulfill({ response: answer, body });
    });
  },
};

function serve(page: Page, file: string, body: string): Promise<unknown> {
  return page.route(file, (route) => route.fulfill({ body, contentType: 'text/javascript' }));
}

async function open(
  hinder: (page: Page) => Promise<unknown>,
  payment: CreatedPayment,
  options: BrowserContextOptions = DESKTOP,
): Promise<Page> {
  const page = await (await street.browser.newContext(options)).newPage();
  await hinder(page);
  await page.goto(payment.payment_url);
  return page;
}

const UNPARSED = OBSTACLES['does not parse the script']!;

describe('the hosted page in a browser that', () => {
  for (const [name, hinder] of Object.entries(OBSTACLES)) {
    it(`${name} shows sum, code and link, and then the result`, async () => {
      const payment = await street.companion.client.createPayment({ order_id: '<b>ORD-7</b>' });
      const page = await open(hinder, payment);
      const trouble: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted|violates/i.test(message.text())) trouble.push(message.text());
      });
      await page.locator('.legacy svg').waitFor();
      assert.equal(await page.locator('.legacy').count(), 1);
      assert.equal(await page.locator('sbp-checkout').count(), 0);
      assert.equal(await page.locator('.legacy .amount').innerText(), '1\u00a0250\u00a0₽');
      assert.match(
        await page.locator('.legacy').innerText(),
        /Тестовый платёж[^]*Ромашка[^]*Заказ <b>ORD-7<\/b>/,
      );
      assert.equal(await page.locator('.legacy a').getAttribute('href'), payment.qr_payload);
      assert.deepEqual(await readQrCodes(await page.screenshot()), [payment.qr_payload]);
      await street.companion.client.sandbox(payment.payment_id, 'pay');
      await page.getByRole('heading', { name: 'Оплачено' }).waitFor();
      assert.equal(await page.locator('.legacy svg').count(), 0);
      assert.deepEqual(trouble, []);
      await page.context().close();
    });
  }

  it('runs no script says so in both languages', async () => {
    const payment = await street.companion.client.createPayment();
    for (const locale of ['ru-RU', 'en-US']) {
      const page = await open(() => Promise.resolve(), payment, {
        ...DESKTOP,
        locale,
        javaScriptEnabled: false,
      });
      const text = await page.locator('body').innerText();
      assert.match(text, /включите JavaScript/);
      assert.match(text, /turn on JavaScript/);
      await page.context().close();
    }
  });

  it('runs the element does not load the plain page', async () => {
    const payment = await street.companion.client.createPayment();
    const asked: string[] = [];
    const page = await open((page) => {
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      return Promise.resolve();
    }, payment);
    const trouble = troubleOf(page);
    await page.locator('sbp-checkout[screen=pay]').waitFor();
    assert.equal(asked.includes('/pay.js'), true);
    assert.equal(asked.includes('/pay.legacy.js'), false);
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});

describe('the plain page', () => {
  const SESSION = '**/checkout/v1/session';

  /** Opens a page whose snapshots are the payment's own with `changes`. `script` replaces later responses. */
  async function scripted(changes: object, options: BrowserContextOptions = DESKTOP) {
    const payment = await street.companion.client.createPayment();
    const answer = await street.companion.client.checkout('/session', payment.token);
    const real = (await answer.json()) as Snapshot;
    const script = { status: 200, body: JSON.stringify({ ...real, ...changes }), asked: 0 };
    const page = await open(
      async (page) => {
        await UNPARSED(page);
        await page.route(SESSION, (route) => {
          script.asked++;
          return route.fulfill({ status: script.status, body: script.body, contentType: 'application/json' });
        });
      },
      payment,
      options,
    );
    return { page, script, real };
  }

  const HEADINGS: Readonly<Record<string, readonly [object, ru: string, en: string]>> = {
    paid: [{ status: 'paid' }, 'Оплачено', 'Paid'],
    failed: [{ status: 'failed' }, 'Оплата не прошла', "Payment didn't go through"],
    expired: [{ status: 'expired' }, 'Время на оплату вышло', 'Time to pay has run out'],
    canceled: [{ status: 'canceled' }, 'Оплата отменена', 'Payment canceled'],
    refunded: [{ status: 'refunded' }, 'Деньги возвращены', 'Refunded'],
    'partly refunded': [{ status: 'partial_refunded' }, 'Часть денег возвращена', 'Partly refunded'],
    processing: [{ status: 'processing' }, 'Банк обрабатывает платёж', 'Your bank is processing'],
    'of a status it does not know': [
      { status: 'settling' },
      'Проверяем, прошёл ли платёж',
      'Checking whether',
    ],
    pending: [{ presentation: { kind: 'pending' } }, 'Готовим оплату', 'Preparing your payment'],
    'a choice of methods': [
      { method: null, methods: ['sbp', 'sberpay'], actions: ['method'], presentation: { kind: 'pending' } },
      'Выберите способ оплаты',
      'Choose how to pay',
    ],
  };

  for (const [name, [changes, ru, en]] of Object.entries(HEADINGS)) {
    it(`says what a payment is that is ${name}`, async () => {
      for (const [locale, words] of [
        ['ru-RU', ru],
        ['en-US', en],
      ] as const) {
        const { page } = await scripted(changes, { ...PHONE, locale });
        const heading = page.locator('.legacy h1');
        await until(async () => (await heading.innerText()).includes(words), words);
        assert.equal(await heading.count(), 1);
        await page.context().close();
      }
    });
  }

  it('offers a form, a method and a renewal by a tap, and says what it cannot do', async () => {
    const form = { kind: 'form', action: 'https://bank.example/pay', http_method: 'POST', iframe: false };
    const fields = [{ type: 'hidden', name: 'a"b', value: '<i>' }];
    const { page } = await scripted({ presentation: { ...form, fields } });
    await page.getByRole('button', { name: 'Перейти к оплате' }).waitFor();
    assert.equal(await page.locator('form input').getAttribute('value'), '<i>');
    await page.context().close();

    const several = await street.companion.client.createPayment({ methods: ['sbp', 'sberpay', 'buyer_qr'] });
    const choice = await open(UNPARSED, several);
    await choice.getByRole('button', { name: 'СБП' }).click();
    await choice.locator('.legacy svg').waitFor();
    await street.companion.client.sandbox(several.payment_id, 'expire');
    await choice.getByRole('button', { name: 'Получить новый код' }).click();
    await choice.locator('.legacy svg').waitFor();
    await choice.context().close();

    const scan = await scripted({ presentation: { kind: 'scan' }, method: 'buyer_qr' });
    await scan.page.getByText('другом браузере').waitFor();
    await scan.page.context().close();
  });

  it('draws no link that leads elsewhere than to the web', async () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'https://u:p@x.example/',
      'bank100000000004://x',
    ]) {
      const { page } = await scripted({ presentation: { kind: 'link', url, deep_link: null } });
      await page.locator('.legacy h1').filter({ hasText: 'Оплата через СБП' }).waitFor();
      assert.equal(await page.locator('.legacy a').count(), 0, url);
      await page.context().close();
    }
  });

  it('takes no trouble for a result, and says that a token is refused', async () => {
    const { page, script, real } = await scripted({});
    await page.locator('.legacy a').waitFor();
    script.status = 503;
    await page.getByText('Пока не удалось проверить').waitFor();
    assert.equal(await page.locator('.legacy a').count(), 1);
    script.status = 200;
    script.body = '<html>a captive portal</html>';
    const asked = script.asked;
    await until(() => script.asked > asked, 'another question');
    assert.equal(await page.locator('.legacy a').count(), 1);
    script.body = JSON.stringify({ ...real, version: real.version + 1, status: 'paid' });
    await page.getByRole('heading', { name: 'Оплачено' }).waitFor();
    await page.context().close();

    const refused = await scripted({});
    refused.script.status = 401;
    await refused.page.getByText('Не удалось открыть оплату').waitFor();
    await refused.page.context().close();
  });

  it('asks every five seconds, ever more rarely in trouble, and no more after the last word', async () => {
    const { page, script, real } = await scripted({});
    await page.locator('.legacy a').waitFor();
    await page.clock.install();
    await page.reload();
    await page.locator('.legacy a').waitFor();
    const asksWithin = async (seconds: number) => {
      const before = script.asked;
      for (let at = 0; at < seconds; at++) {
        const asked = script.asked;
        await page.clock.runFor(1_000);
        // Wait for the running request, since the next poll counts from its response.
        if (script.asked > asked)
          await page.evaluate(() => new Promise((go) => void fetch('pay.css').then(go)));
      }
      return script.asked - before;
    };
    const healthy = await asksWithin(60);
    assert.ok(healthy >= 9 && healthy <= 12, `${healthy} asks in a minute`);
    script.status = 500;
    const troubled = await asksWithin(600);
    assert.ok(troubled >= 8 && troubled <= 15, `${troubled} asks in ten minutes of trouble`);
    script.status = 200;
    script.body = JSON.stringify({ ...real, version: real.version + 1, status: 'paid' });
    await asksWithin(70);
    assert.equal(await asksWithin(300), 0);
    await page.context().close();
  });
});
