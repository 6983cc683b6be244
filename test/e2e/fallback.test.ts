import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import type { CreatedPayment } from '../support/companion.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { PrintingShop } from '../support/printing-shop.ts';
import { readQrCodes } from '../support/qr-reader.ts';
import { screenIs, settled, troubleOf } from '../support/shop-page.ts';

const SCRIPT = '**/sbp-checkout.js';
const SESSION = '**/checkout/v1/session';

let browser: Browser;
let companion: CompanionProcess;
let shop: PrintingShop;
before(async () => {
  shop = await PrintingShop.open();
  companion = await CompanionProcess.start({
    SBP_ALLOWED_ORIGINS: shop.origin,
    SBP_SANDBOX_LINK: 'nspk',
    SBP_MERCHANT_NAME: 'Рога & <копыта>',
  });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await companion.stop();
  await shop.close();
});

async function print(fields: Record<string, unknown> = {}): Promise<CreatedPayment> {
  const payment = await companion.client.createPayment(fields);
  const { token, fallback_html: fallback } = payment;
  const lang = (fields['locale'] as string | undefined) ?? 'ru';
  shop.page = { companion: companion.url, token, fallback: fallback as string, lang };
  return payment;
}

async function newPage(options: BrowserContextOptions = DESKTOP): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

const isFallbackSeen = (page: Page) => page.locator('.sbp-fallback').isVisible();

/** Asserts that the fallback shows the sum, a QR code that can be scanned, and the link to the payment's page. */
async function assertFallback(page: Page, payment: CreatedPayment): Promise<void> {
  assert.equal(await page.locator('.sbp-fallback-sum').innerText(), '1\u00a0250\u00a0₽');
  assert.equal(await page.locator('.sbp-fallback-shop').innerText(), 'Рога & <копыта>');
  assert.deepEqual(await readQrCodes(await page.screenshot()), [payment.qr_payload]);
  const link = page.getByRole('link', { name: 'Перейти к оплате' });
  assert.equal(await link.getAttribute('href'), payment.payment_url);
}

describe('what a shop prints inside the element', () => {
  it('is what a payer has whose browser runs no script, and its link says what became of the payment', async () => {
    const payment = await print();
    const page = await newPage({ ...DESKTOP, javaScriptEnabled: false });
    await page.goto(shop.origin);
    await assertFallback(page, payment);
    await page.context().close();
    await companion.client.sandbox(payment.payment_id, 'expire');
    const later = await newPage();
    await later.route(SCRIPT, (route) => route.abort());
    await later.goto(shop.origin);
    const until = await later.locator('.sbp-fallback-note time').getAttribute('datetime');
    assert.equal(until, payment.expires_at);
    await later.unroute(SCRIPT);
    await later.getByRole('link', { name: 'Перейти к оплате' }).click();
    await screenIs(later, 'expired');
    await later.context().close();
  });

  const scriptHasThrown = (page: Page) => page.waitForEvent('pageerror', { timeout: PATIENCE_MS });
  const noCompanionIsTold = (page: Page) =>
    page.waitForEvent('console', {
      predicate: (message) => message.text().includes('found no companion'),
      timeout: PATIENCE_MS,
    });

  /** `hinder` sets up the obstacle; `signOf` resolves when the script has run into it. */
  const OBSTACLES: Readonly<
    Record<string, { hinder: (page: Page) => Promise<unknown>; signOf: (page: Page) => Promise<unknown> }>
  > = {
    'is blocked': {
      hinder: (page) => page.route(SCRIPT, (route) => route.abort('blockedbyclient')),
      signOf: (page) => page.waitForEvent('requestfailed', { timeout: PATIENCE_MS }),
    },
    'is not there': {
      hinder: (page) => page.route(SCRIPT, (route) => route.fulfill({ status: 404 })),
      signOf: (page) =>
        page.waitForResponse((response) => response.status() === 404, { timeout: PATIENCE_MS }),
    },
    'does not parse': {
      hinder: (page) =>
        page.route(SCRIPT, (route) => route.fulfill({ body: 'class {{', contentType: 'text/javascript' })),
      signOf: scriptHasThrown,
    },
    'throws at once': {
      hinder: (page) =>
        page.route(SCRIPT, (route) =>
          route.fulfill({ body: 'nothing.there()', contentType: 'text/javascript' }),
        ),
      signOf: scriptHasThrown,
    },
    'fails at its first picture': {
      hinder: (page) =>
        page.addInitScript(() => {
          document.createTreeWalker = undefined as never;
        }),
      signOf: scriptHasThrown,
    },
    'gets no answer': {
      hinder: (page) => page.route('**/checkout/v1/**', (route) => route.abort()),
      signOf: noCompanionIsTold,
    },
    'gets answers that make no sense': {
      hinder: (page) =>
        page.route('**/checkout/v1/**', (route) => route.fulfill({ status: 200, body: '<html>' })),
      signOf: noCompanionIsTold,
    },
  };

  for (const [name, { hinder, signOf }] of Object.entries(OBSTACLES)) {
    it(`stays where the script ${name}`, async () => {
      const payment = await print();
      const page = await newPage();
      await hinder(page);
      const sign = signOf(page);
      await page.goto(shop.origin, { waitUntil: 'load' });
      await sign;
      // Wait until the page has painted.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await assertFallback(page, payment);
      await page.context().close();
    });
  }

  it('gives way to a refusal: the payment can no longer be opened', async () => {
    await print();
    shop.page.token = 'pay_nobody.nothing';
    const page = await newPage();
    await page.goto(shop.origin);
    await screenIs(page, 'error');
    assert.equal(await isFallbackSeen(page), false);
    await page.context().close();
  });

  it('gives way to every screen that there is something to say on', async () => {
    for (const [action, screen] of [
      ['pay', 'paid'],
      ['decline', 'failed'],
      ['expire', 'expired'],
      ['process', 'waiting'],
    ] as const) {
      const payment = await print();
      await companion.client.sandbox(payment.payment_id, action);
      const page = await newPage();
      await page.goto(shop.origin);
      await screenIs(page, screen);
      await page.locator('.sbp-fallback').waitFor({ state: 'hidden' });
      await page.context().close();
    }
  });

  it('shows no code on a touchscreen, and is in the language of the create', async () => {
    await print({ locale: 'en' });
    const page = await newPage(PHONE);
    await page.route(SCRIPT, (route) => route.abort());
    await page.goto(shop.origin);
    assert.equal(await page.locator('.sbp-fallback-code').isVisible(), false);
    assert.equal(await page.getByRole('link', { name: 'Go to payment' }).isVisible(), true);
    await page.context().close();
  });
});

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
}

/** Records every layout shift and every painted frame of the page, from its start. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as LayoutShift[]) {
        const moved = sources.map(({ node, previousRect, currentRect }) =>
          [node?.nodeName, JSON.stringify(previousRect), JSON.stringify(currentRect)].join(' '),
        );
        shifts.push(`${value.toFixed(4)} by ${moved.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const frames: Buffer[] = [];
  const session = await page.context().newCDPSession(page);
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(Buffer.from(data, 'base64'));
    void session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  return {
    shifts: () => page.evaluate(() => (window as unknown as { shifts: string[] }).shifts),
    async frames() {
      await session.send('Page.stopScreencast');
      return frames;
    },
  };
}

/** Delays each request of the start, so that each step is painted. */
async function slowLine(page: Page): Promise<void> {
  for (const [part, ms] of [
    [SCRIPT, 400],
    ['**/chunks/**', 300],
    [SESSION, 600],
    ['**/checkout/v1/session/banks', 500],
  ] as const) {
    await page.route(part, async (route) => {
      await new Promise((done) => setTimeout(done, ms));
      await route.continue();
    });
  }
}

describe('the element takes the place of what the shop has printed', () => {
  it('without a shift, and with a code to scan in every frame, on a desktop', async () => {
    const payment = await print();
    const page = await newPage({ ...DESKTOP, reducedMotion: 'no-preference' });
    const trouble = troubleOf(page);
    await slowLine(page);
    const seen = await watch(page);
    await page.goto(shop.origin);
    assert.equal(await isFallbackSeen(page), true);
    await screenIs(page, 'pay');
    await settled(page);
    assert.equal(await isFallbackSeen(page), false);
    assert.deepEqual(await seen.shifts(), []);
    const codes = await Promise.all((await seen.frames()).map((frame) => readQrCodes(frame)));
    const first = codes.findIndex((found) => found.length > 0);
    assert.ok(first >= 0 && codes.length - first >= 2, `${codes.length} frames`);
    for (const [at, found] of codes.slice(first).entries())
      assert.deepEqual(found, [payment.qr_payload], `frame ${first + at} of ${codes.length}`);
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('without a shift, and with the link until the banks are there, on a phone', async () => {
    await print();
    const page = await newPage(PHONE);
    await slowLine(page);
    const seen = await watch(page);
    await page.goto(shop.origin);
    // In every frame, the payer can tap the link or a bank.
    await page.evaluate(() => {
      const gaps: string[] = [];
      Object.assign(window, { gaps });
      const element = document.querySelector('sbp-checkout')!;
      const look = (): void => {
        const picker = element.shadowRoot?.querySelector('sbp-bank-picker');
        const bank = picker?.shadowRoot?.querySelector('[part=bank]');
        const link = element.querySelector('.sbp-fallback-link');
        if (!link?.checkVisibility() && !bank?.checkVisibility())
          gaps.push(element.getAttribute('screen') ?? '');
        requestAnimationFrame(look);
      };
      look();
    });
    await screenIs(page, 'pay');
    await settled(page);
    assert.equal(await isFallbackSeen(page), false);
    assert.deepEqual(await page.evaluate(() => (window as unknown as { gaps: string[] }).gaps), []);
    assert.deepEqual(await seen.shifts(), []);
    await page.context().close();
  });

  it('and leaves an element without content as it was: its own grey shapes come first', async () => {
    await print();
    shop.page.fallback = '\n  <!-- nothing -->\n  <p slot="header">Магазин</p>';
    const page = await newPage();
    await slowLine(page);
    await page.goto(shop.origin);
    await page.locator('sbp-checkout >> .bone').first().waitFor();
    await screenIs(page, 'pay');
    assert.equal(await page.getByText('Магазин').first().isVisible(), true);
    await page.context().close();
  });
});
