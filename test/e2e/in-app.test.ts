import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { PHONE } from '../support/browser.ts';
import { DEVICES } from '../support/devices.ts';
import { screenIs, screenWithin, troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const street = openStreet({ SBP_SANDBOX_LINK: 'nspk' });

/** Returns a phone's browser context with the User-Agent of a device in the table. */
function phone(name: string): BrowserContextOptions {
  const device = DEVICES.find((known) => known.name === name);
  assert.ok(device, name);
  return { ...PHONE, userAgent: device.userAgent };
}

/** Makes taps on app links do nothing, as in those browsers. Chromium would cover the page with a dialog. */
async function withoutApps(page: Page): Promise<void> {
  await page.addInitScript(() => {
    addEventListener('click', (tap) => {
      const link = tap.composedPath().find((target) => target instanceof HTMLAnchorElement);
      if (link && !link.protocol.startsWith('http')) tap.preventDefault();
    });
  });
}

async function tapABank(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Т-Банк' }).click();
}

const NOTICE = /Этот браузер не открывает приложения банков/;

describe('in an app’s browser', () => {
  for (const name of [
    'Android WebView of an unknown app',
    'VK on Android',
    'Instagram on Android',
    'Facebook on Android',
  ]) {
    it(`on Android no tap takes the hosted page away: ${name}`, async () => {
      const { payment_url } = await street.companion.client.createPayment();
      const page = await (await street.browser.newContext(phone(name))).newPage();
      const trouble = troubleOf(page);
      await page.goto(payment_url);
      await page.getByText(NOTICE).waitFor();
      await tapABank(page);
      await page.getByText('Чтобы перейти в «Т-Банк»').waitFor();
      await screenIs(page, 'pay');
      const out = page.getByRole('link', { name: /^Открыть в/ });
      if (!/Instagram|Facebook/.test(name)) {
        const { host } = new URL(payment_url);
        const [scheme, fragment] = [payment_url.split(':')[0], payment_url.split('#')[1]];
        const href = await out.getAttribute('href');
        assert.ok(href?.startsWith(`intent://${host}/pay#${fragment}#Intent;scheme=${scheme};`), href ?? '');
        await out.click();
        await page.waitForTimeout(500);
      } else assert.equal(await out.count(), 0);
      assert.equal(page.url(), payment_url);
      await screenIs(page, 'pay');
      assert.deepEqual(trouble, []);
      await page.context().close();
    });
  }

  it('on a page that frames nothing the menu and the address remain', async () => {
    const { token } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(phone('VK on Android'))).newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    await street.shop.show(page, street.companion.url, token);
    const out = page.getByRole('link', { name: /^Открыть в/ });
    await out.click();
    await out.waitFor({ state: 'detached' });
    await page.getByText('В меню этого браузера').waitFor();
    await page.getByRole('button', { name: 'Скопировать ссылку' }).waitFor();
    assert.equal(said.join().includes(token), false);
    await page.context().close();
  });

  it('on iOS a tap that opens nothing ends with every other way, the way out among them', async () => {
    const { payment_url } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(phone('Instagram on iOS'))).newPage();
    const trouble = troubleOf(page);
    await withoutApps(page);
    await page.goto(payment_url);
    await page.getByText(NOTICE).waitFor();
    await tapABank(page);
    await screenIs(page, 'waiting');
    await page.getByText('Приложение не открылось?').first().waitFor();
    await page.getByText(NOTICE).waitFor();
    await page.getByRole('button', { name: 'Показать QR-код' }).click();
    await page.locator('sbp-checkout >> canvas').first().waitFor();
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('Telegram is handed the hosted page, which takes the payment in any other browser', async () => {
    const { token, payment_url, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(phone('Telegram on iOS'))).newPage();
    const trouble = troubleOf(page);
    await page.addInitScript(() => {
      const opened: string[] = [];
      const WebApp = { platform: 'ios', openLink: (url: string) => void opened.push(url) };
      Object.assign(window, { opened, TelegramWebviewProxy: {}, Telegram: { WebApp } });
    });
    await street.shop.show(page, street.companion.url, token);
    await page.getByText(NOTICE).waitFor();
    await page.getByRole('button', { name: /^Открыть в/ }).click();
    const opened = await page.evaluate(() => (window as unknown as { opened: string[] }).opened);
    assert.deepEqual(opened, [payment_url]);

    const safari = await (await street.browser.newContext(phone('iPhone, Safari 18'))).newPage();
    await safari.goto(opened[0]!);
    await screenIs(safari, 'pay');
    await safari.getByRole('link', { name: 'Т-Банк' }).waitFor();
    assert.equal(await safari.getByText(NOTICE).count(), 0);
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenWithin(safari, 'paid', 5_000);
    await screenWithin(page, 'paid', 5_000);
    assert.deepEqual(trouble, []);
    assert.equal(street.companion.output.includes(token), false);
    await safari.context().close();
    await page.context().close();
  });

  it('an object that throws costs nobody the payment', async () => {
    const { token } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(phone('Telegram on iOS'))).newPage();
    const trouble = troubleOf(page);
    await page.addInitScript(() => {
      const bite = (): never => {
        throw new Error('hands off');
      };
      Object.defineProperty(window, 'TelegramWebviewProxy', { get: bite });
      Object.defineProperty(window, 'Telegram', { get: bite });
      Object.defineProperty(window, 'WebApp', { get: bite });
      Object.defineProperty(window, 'AndroidBridge', { value: new Proxy({}, { get: bite }) });
    });
    await street.shop.show(page, street.companion.url, token);
    await tapABank(page);
    await screenIs(page, 'waiting');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});

describe('a page that was thrown away while the payer was in the bank', () => {
  it('waits when it is back, and turns to "paid"', async () => {
    const { payment_url, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(phone('iPhone, Safari 18'))).newPage();
    await withoutApps(page);
    await page.goto(payment_url);
    await tapABank(page);
    await screenIs(page, 'waiting');
    await page.reload();
    await screenIs(page, 'waiting');
    const again = page.getByRole('link', { name: 'Открыть ещё раз' });
    assert.match((await again.getAttribute('href')) ?? '', /^bank100000000004:\/\/qr\.nspk\.ru\//);
    await page.getByRole('button', { name: 'Другой банк' }).click();
    await screenIs(page, 'pay');
    await page.reload();
    await screenIs(page, 'pay');
    await tapABank(page);
    await screenIs(page, 'waiting');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenWithin(page, 'paid', 5_000);
    await page.reload();
    await screenIs(page, 'paid');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await page.context().close();
  });

  it('shows another tab what there is: the list', async () => {
    const { payment_url } = await street.companion.client.createPayment();
    const context = await street.browser.newContext(phone('Android, Chrome'));
    const page = await context.newPage();
    await page.goto(payment_url);
    await tapABank(page);
    await screenIs(page, 'waiting');
    const other = await context.newPage();
    await other.goto(payment_url);
    await screenIs(other, 'pay');
    await context.close();
  });
});

describe('a device that changes its shape', () => {
  it('is a phone folded and a tablet unfolded, and keeps what the payer has typed and chosen', async () => {
    const { payment_url } = await street.companion.client.createPayment();
    const folded = { ...phone('foldable, folded'), viewport: { width: 373, height: 860 } };
    const page = await (await street.browser.newContext(folded)).newPage();
    await page.goto(payment_url);
    await page.getByRole('searchbox').fill('альфа');
    await page.setViewportSize({ width: 700, height: 860 });
    await page.locator('sbp-checkout >> canvas').first().waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'альфа');
    await page.setViewportSize({ width: 373, height: 860 });
    await page.getByRole('button', { name: 'Показать QR-код' }).click();
    await page.setViewportSize({ width: 700, height: 860 });
    await page.getByRole('searchbox').waitFor();
    await page.setViewportSize({ width: 373, height: 860 });
    await page.getByRole('button', { name: 'Оплатить на этом устройстве' }).waitFor();
    await page.context().close();
  });
});

/** The `sandbox` permissions that docs/element.md requires for a shop's frame. */
const SANDBOX =
  'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation allow-top-navigation-to-custom-protocols';

/** A page without a policy, which holds the frames. */
const surroundings = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>Around</title>');
});
before(() => once(surroundings.listen(0, 'localhost'), 'listening'));
after(() => {
  surroundings.closeAllConnections();
  surroundings.close();
});

/** Opens the shop's page in a frame. The outer page is on another host, so on another origin and site. */
async function framed(page: Page, sandbox: string | null): Promise<{ around: string; frame: FrameLocator }> {
  const around = `http://localhost:${(surroundings.address() as AddressInfo).port}/`;
  await page.goto(around);
  await page.evaluate(
    ([src, flags]) => {
      const frame = document.createElement('iframe');
      frame.width = '380';
      frame.height = '800';
      if (flags !== null) frame.setAttribute('sandbox', flags);
      frame.src = src;
      document.body.replaceChildren(frame);
    },
    [
      `${street.shop.origin}/checkout?companion=${encodeURIComponent(street.companion.url)}`,
      sandbox,
    ] as const,
  );
  return { around, frame: page.frameLocator('iframe') };
}

describe('the way back to the shop out of a frame', () => {
  for (const [what, sandbox, redirect, leaves] of [
    ['by a tap', SANDBOX, null, true],
    ['by itself', null, '1', true],
    ['not at all, where the sandbox lets nothing out', 'allow-scripts allow-same-origin', '1', false],
  ] as const) {
    it(`leads out of it: ${what}`, async () => {
      const return_url = `${street.shop.origin}/checkout?back`;
      const { token, payment_id } = await street.companion.client.createPayment({ return_url });
      const page = await (await street.browser.newContext(phone('iPhone, Safari 18'))).newPage();
      const { around, frame } = await framed(page, sandbox);
      await frame.locator('sbp-checkout').evaluate(
        (element, [value, seconds]) => {
          if (seconds !== null) element.setAttribute('redirect', seconds);
          element.setAttribute('token', value);
        },
        [token, redirect] as const,
      );
      await frame.locator('sbp-checkout[screen=pay]').waitFor();
      await street.companion.client.sandbox(payment_id, 'pay');
      const back = frame.getByRole('link', { name: 'Вернуться в магазин' });
      await back.waitFor();
      if (redirect === null) await back.click();
      if (leaves) {
        await page.waitForURL(return_url);
      } else {
        await frame.getByRole('button', { name: 'Остаться' }).waitFor({ state: 'detached' });
        assert.equal(page.url(), around);
        assert.equal(await frame.locator('sbp-checkout').getAttribute('screen'), 'paid');
      }
      await page.context().close();
    });
  }
});

describe('a bank out of a frame', () => {
  for (const [what, sandbox, blocked] of [
    ['of another origin', null, false],
    ['in a sandbox as documented', SANDBOX, false],
    ['in a sandbox that lets nothing out', 'allow-scripts allow-same-origin', true],
  ] as const) {
    it(`${blocked ? 'is offered in every other way' : 'opens'}: ${what}`, async () => {
      const { token } = await street.companion.client.createPayment();
      const page = await (await street.browser.newContext(phone('iPhone, Safari 18'))).newPage();
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/sandbox|blocked|unsafe attempt/i.test(message.text())) refused.push(message.text());
      });
      const { around, frame } = await framed(page, sandbox);
      await frame.locator('sbp-checkout').evaluate((element, value) => {
        element.setAttribute('token', value);
      }, token);
      const bank = frame.getByRole('link', { name: 'Т-Банк' });
      assert.equal(await bank.getAttribute('target'), '_top');
      await bank.click();
      await frame.locator('sbp-checkout[screen=waiting]').waitFor({ state: 'attached' });
      await frame.locator('sbp-bank-wait .first').waitFor();
      assert.equal(refused.length > 0, blocked, refused.join('\n'));
      assert.equal(page.url(), around);
      await page.context().close();
    });
  }
});
