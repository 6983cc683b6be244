import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, PHONE, TABLET } from '../support/browser.ts';
import { DEVICES, type DeviceCase } from '../support/devices.ts';
import { LoadingOrder, PARTS, permutations, turns, type Part } from '../support/loading-order.ts';
import { screenIs, settled } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const street = openStreet();

const ALL = Object.keys(PARTS) as Part[];
/** Two orders of loading: the notice, which is above the banks, comes first or last. */
const BOTH_ENDS: readonly (readonly Part[])[] = [
  ['notice', 'payment', 'list', 'banks'],
  ['payment', 'list', 'banks', 'notice'],
];

/** The browsers of apps that block bank links: there the notice is above the banks. */
const IN_APP = DEVICES.filter(({ inApp, type }) => inApp !== null && type !== 'desktop');

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly currentRect: DOMRectReadOnly }[];
}

/** Records every layout shift without a user action, from the start of the page. */
async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as LayoutShift[]) {
        const moved = sources.map(({ currentRect }) => JSON.stringify(currentRect));
        shifts.push(`${value.toFixed(4)} by ${moved.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
}

/** Returns the top edges of the notice and of the banks below it. */
function places(page: Page): Promise<Record<string, number | undefined>> {
  return page.evaluate(() => {
    const root = document.querySelector('sbp-checkout')!.shadowRoot!;
    const top = (selector: string) => root.querySelector(selector)?.getBoundingClientRect().top;
    return { banks: top('.banks'), notice: top('sbp-way-out') };
  });
}

/** Opens a page for a device. Tests reload it: that is faster than a new browser context each time. */
async function openPage(options: BrowserContextOptions, { screen, objects }: DeviceCase): Promise<Page> {
  const page = await (await street.browser.newContext(options)).newPage();
  await pretend(page, screen.maxTouchPoints, objects);
  return page;
}

async function loadInOrders(page: Page, orders: readonly (readonly Part[])[]): Promise<void> {
  const shifts = await watchShifts(page);
  for (const order of orders) {
    const { token } = await street.companion.client.createPayment();
    const loading = await LoadingOrder.of(page);
    await street.shop.show(page, street.companion.url, token);
    await page.locator('sbp-checkout >> .bone').first().waitFor();
    const first = await places(page);
    for (const part of order) {
      await loading.letThrough(part);
      assert.deepEqual(await places(page), first, `${order.join(', ')}: after ${part}`);
    }
    await screenIs(page, 'pay');
    await settled(page);
    assert.deepEqual(await shifts(), [], order.join(', '));
    await loading.close();
  }
  await page.context().close();
}

/** Adds the objects that an app adds to pages in its browser. Their functions exist, but do nothing. */
async function pretend(page: Page, maxTouchPoints: number, objects: object): Promise<void> {
  const text = JSON.stringify(objects, (_key, value: unknown) =>
    typeof value === 'function' ? 'a function' : value,
  );
  await page.addInitScript(
    ([touches, json]) => {
      Object.defineProperty(navigator, 'maxTouchPoints', { get: () => touches });
      const revived = JSON.parse(json, (_key, value: unknown) =>
        value === 'a function' ? () => undefined : value,
      ) as object;
      Object.assign(window, revived);
    },
    [maxTouchPoints, text] as const,
  );
}

describe('in an app’s browser nothing moves while it loads', () => {
  for (const device of IN_APP) {
    const { name, userAgent, type } = device;
    it(`whether the notice is early or late: ${name}`, async () => {
      const options = { ...(type === 'tablet' ? TABLET : PHONE), userAgent };
      await loadInOrders(await openPage(options, device), BOTH_ENDS);
    });
  }

  for (const [name, shape, options] of [
    ['VK on Android', 'phone', PHONE],
    ['Instagram on iOS', 'tablet', TABLET],
  ] as const) {
    const device = DEVICES.find((known) => known.name === name)!;
    it(`in every order of its parts: ${name}, on a ${shape}`, async () => {
      const page = await openPage({ ...options, userAgent: device.userAgent }, device);
      await loadInOrders(page, permutations(ALL));
    });
  }

  // The other notice of each device type. The orders cover each part first, each part last, and both orders of any two parts.
  for (const [name, shape, options] of [
    ['VK on Android', 'tablet', TABLET],
    ['Instagram on iOS', 'phone', PHONE],
  ] as const) {
    const device = DEVICES.find((known) => known.name === name)!;
    it(`in every turn of its parts, forwards and backwards: ${name}, on a ${shape}`, async () => {
      const page = await openPage({ ...options, userAgent: device.userAgent }, device);
      await loadInOrders(page, turns(ALL));
    });
  }
});

describe('nothing moves while it loads', () => {
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE, tablet: TABLET })) {
    it(`on a slow ${name} and a slow line`, async () => {
      const { token } = await street.companion.client.createPayment();
      const page = await (await street.browser.newContext(device)).newPage();
      const shifts = await watchShifts(page);
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
      for (const [part, ms] of [
        ['**/checkout/v1/session', 700],
        ['**/checkout/v1/session/banks', 500],
        ['**/chunks/**', 300],
      ] as const) {
        await page.route(part, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, ms));
          await route.continue();
        });
      }
      await street.shop.show(page, street.companion.url, token);
      await screenIs(page, 'pay');
      await settled(page);
      assert.deepEqual(await shifts(), []);
      await page.context().close();
    });
  }
});
