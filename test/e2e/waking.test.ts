import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { screenIs, screenWithin, settled, textOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

/** The limit of requests after a wake: the snapshot, a stream, and the snapshot again for changes in between. */
const FEW = 4;
const DAY_MS = 24 * 3_600_000;

const street = openStreet();

interface Opened {
  readonly page: Page;
  readonly paymentId: string;
  readonly token: string;
  /** Returns the number of requests to the companion so far. */
  readonly asked: () => number;
}

async function open(expires_in = 3_600, device = PHONE): Promise<Opened> {
  const { token, payment_id } = await street.companion.client.createPayment({ expires_in });
  const page = await (await street.browser.newContext(device)).newPage();
  let requests = 0;
  page.on('request', (request) => {
    if (request.method() !== 'OPTIONS' && request.url().includes('/checkout/v1/')) requests++;
  });
  await street.shop.show(page, street.companion.url, token);
  await screenIs(page, 'pay');
  await settled(page);
  return { page, token, paymentId: payment_id, asked: () => requests };
}

async function lifecycle(page: Page, state: 'frozen' | 'active'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

/** Moves the page's wall clock ahead by `ms`. The monotonic clock stays, as after a sleep. */
async function shiftClocks(page: Page, ms: number): Promise<void> {
  await page.evaluate((shift) => {
    Date.now = () => performance.timeOrigin + performance.now() + shift;
  }, ms);
}

describe('a page that was away', () => {
  it('shows what happened within a second of thawing, and asks little', async (t) => {
    const { page, paymentId, asked } = await open();
    await lifecycle(page, 'frozen');
    await street.companion.client.sandbox(paymentId, 'pay');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const before = asked();
    await lifecycle(page, 'active');
    const woken = Date.now();
    await screenWithin(page, 'paid', 1_000);
    t.diagnostic(`"paid" ${Date.now() - woken} ms after thawing, ${asked() - before} questions`);
    assert.ok(asked() - before <= FEW);
    await page.context().close();
  });

  it('is right within a second when the payer comes back to it by the browser’s own button', async () => {
    const { page, paymentId, token } = await open();
    await page.goto('about:blank');
    await street.companion.client.sandbox(paymentId, 'pay');
    await page.evaluate(() => history.back());
    await page.waitForURL(/\/checkout/);
    // A page from the cache still has its token. A page that was loaded again gets it from the shop's script, as at first.
    await page.evaluate((value) => {
      const checkout = document.querySelector('sbp-checkout') as HTMLElement & { token?: string };
      checkout.token ??= value;
    }, token);
    await screenWithin(page, 'paid', 1_000);
    await page.context().close();
  });

  it('knows on the hosted page, kept or loaded anew', async () => {
    const { payment_url, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(PHONE)).newPage();
    await page.goto(payment_url);
    await screenIs(page, 'pay');
    await page.goto(`${street.shop.origin}/checkout`);
    await street.companion.client.sandbox(payment_id, 'pay');
    await page.goBack();
    await screenWithin(page, 'paid', 2_000);
    await page.context().close();
  });

  it('finds the bank’s word after every sign of waking at once, without a storm', async () => {
    const { page, paymentId, asked } = await open();
    await street.companion.client.sandbox(paymentId, 'process');
    await screenWithin(page, 'waiting', 2_000);
    const before = asked();
    await page.evaluate(() => {
      for (let turn = 0; turn < 50; turn++) {
        for (const [target, type] of [
          [document, 'visibilitychange'],
          [window, 'focus'],
          [window, 'online'],
          [window, 'pageshow'],
        ] as const) {
          target.dispatchEvent(
            type === 'pageshow' ? new PageTransitionEvent(type, { persisted: true }) : new Event(type),
          );
        }
      }
    });
    await page.waitForTimeout(2_000);
    assert.ok(asked() - before <= FEW, `${asked() - before} questions`);
    await street.companion.client.sandbox(paymentId, 'pay');
    await screenWithin(page, 'paid', 1_000);
    await page.context().close();
  });

  it('counts the right time after half an hour of sleep', async () => {
    const { page } = await open(3_600, DESKTOP);
    await shiftClocks(page, 30 * 60_000);
    // The real time has not moved: the countdown follows the companion's clock.
    await page.waitForTimeout(2_500);
    const [, minutes] = /ещё (\d+):\d\d/.exec(await textOf(page)) ?? [];
    assert.ok(Number(minutes) >= 58, `${minutes} minutes left`);
    await page.context().close();
  });
});

describe('a clock that is a day off, or changes to summer time', () => {
  for (const [name, offset] of [
    ['a day behind', -DAY_MS],
    ['a day ahead', DAY_MS],
  ] as const) {
    it(`${name}: the time to pay is the companion’s`, async () => {
      const page = await (await street.browser.newContext(DESKTOP)).newPage();
      await page.addInitScript((shift) => {
        Date.now = () => performance.timeOrigin + performance.now() + shift;
      }, offset);
      await street.shop.visit(page, street.companion.url);
      const { token } = await street.companion.client.createPayment({ expires_in: 9 });
      await street.shop.handToken(page, token);
      await screenIs(page, 'pay');
      assert.match(await textOf(page), /Код действует ещё 0:0[1-9]/);
      await screenIs(page, 'expired');
      await page.context().close();
    });
  }

  it('loses or gains no hour in a zone that changes its clocks', async () => {
    const context = await street.browser.newContext({ ...DESKTOP, timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();
    // 25 October 2026, 02:59:58 summer time; two seconds later it is two o'clock again.
    await page.clock.install({ time: new Date('2026-10-25T00:59:58Z') });
    const { token } = await street.companion.client.createPayment({ expires_in: 600 });
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await page.clock.runFor(4_000);
    assert.match(await textOf(page), /Код действует ещё 9:[45]\d/);
    await context.close();
  });
});
