import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { makeKnownList } from '../support/bank-list.ts';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { screenIs, settled, ShopPage, troubleOf } from '../support/shop-page.ts';
import { until } from '../support/until.ts';

/** A PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const BANKS = 200;

let browser: Browser;
let shop: ShopPage;
let nspk: Server;
let companion: CompanionProcess;

before(async () => {
  nspk = createServer((request, response) => {
    const origin = `http://${request.headers.host ?? ''}`;
    if (request.url === '/list.json') {
      const banks = makeKnownList(BANKS).dictionary as { schema: string }[];
      const dictionary = banks.map((bank) => ({ ...bank, logoURL: `${origin}/${bank.schema}.png` }));
      response.end(JSON.stringify({ dictionary }));
    } else if (request.url === '/bank100000000004.png') {
      response.writeHead(404).end();
    } else {
      response.end(PNG);
    }
  }).listen(0, '127.0.0.1');
  shop = await ShopPage.open();
  companion = await CompanionProcess.start({
    SBP_ALLOWED_ORIGINS: shop.origin,
    SBP_SANDBOX_LINK: 'nspk',
    SBP_BANKS_URL: `http://127.0.0.1:${(nspk.address() as AddressInfo).port}/list.json`,
  });
  await until(async () => {
    const { banks } = (await (await companion.client.api('/banks')).json()) as { banks: unknown[] };
    return banks.length === BANKS;
  }, 'the list of banks');
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await companion.stop();
  await shop.close();
  nspk.closeAllConnections();
  nspk.close();
});

async function open(
  device: BrowserContextOptions,
  prepare?: (page: Page) => Promise<void> | void,
): Promise<Page> {
  const { token } = await companion.client.createPayment();
  const page = await (await browser.newContext(device)).newPage();
  await prepare?.(page);
  await shop.show(page, companion.url, token);
  await screenIs(page, 'pay');
  const switchOver = page.getByRole('button', { name: 'Оплатить на этом устройстве' });
  if (device === DESKTOP) await switchOver.click();
  await banksOf(page).first().waitFor();
  return page;
}

const banksOf = (page: Page) => page.locator('sbp-checkout >> [part~=bank]');

/** The limit for a search, in times of a plain list: a slower search does more than filter and draw. */
const SEARCH_IN_FLOORS = 4;
/** The same limit for the time until the list is drawn: script, session, styles, search index. */
const START_IN_FLOORS = 200;

/** Returns the median time to copy and lay out the whole list on this page and machine, ms. */
async function plainListMs(page: Page): Promise<number> {
  const times = await page.evaluate(() => {
    const picker = document.querySelector('sbp-checkout')!.shadowRoot!.querySelector('sbp-bank-picker')!;
    const banks = [...picker.shadowRoot!.querySelectorAll('[part~=bank]')];
    return Array.from({ length: 9 }, () => {
      const copy = document.createElement('div');
      const begun = performance.now();
      copy.append(...banks.map((bank) => bank.cloneNode(true)));
      document.body.append(copy);
      copy.getBoundingClientRect();
      const taken = performance.now() - begun;
      copy.remove();
      return taken;
    });
  });
  return median(times);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

describe('two hundred banks', () => {
  it('do not make two hundred requests, and a logo that is missing leaves the letter', async (t) => {
    const logos: string[] = [];
    let trouble: string[] = [];
    const page = await open(PHONE, (fresh) => {
      trouble = troubleOf(fresh);
      fresh.on('request', (request) => {
        if (request.url().endsWith('/logo')) logos.push(request.url());
      });
    });
    await settled(page);
    // The sandbox's own bank is the first in the list.
    assert.equal(await banksOf(page).count(), BANKS + 1);
    t.diagnostic(`${logos.length} logos asked for on a phone's first screen`);
    assert.ok(logos.length >= 8 && logos.length <= 60, `${logos.length} logos`);
    assert.equal(await banksOf(page).nth(1).locator('img').isVisible(), true);
    assert.equal(await banksOf(page).nth(2).locator('img').isVisible(), false);
    assert.match((await banksOf(page).nth(2).textContent()) ?? '', /Т\s*Т-Банк/);
    const asked = logos.length;
    await banksOf(page).last().scrollIntoViewIfNeeded();
    await until(() => logos.length > asked, 'the logos at the end of the list');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('are searched at once, on a phone six times slower too', async (t) => {
    const page = await open(PHONE, async (fresh) => {
      const cdp = await fresh.context().newCDPSession(fresh);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    });
    const field = page.getByRole('searchbox');
    await field.focus();
    await settled(page);
    const measure = (query: string) =>
      page.evaluate(async (text) => {
        const picker = document.querySelector('sbp-checkout')!.shadowRoot!.querySelector('sbp-bank-picker')!;
        const input = picker.shadowRoot!.querySelector('input')!;
        const editor = document as unknown as { execCommand(command: string, ui: false, text: string): void };
        input.select();
        const begun = performance.now();
        editor.execCommand(text === '' ? 'delete' : 'insertText', false, text);
        await (picker as unknown as { updateComplete: Promise<unknown> }).updateComplete;
        const drawn = performance.now() - begun;
        // A task that is queued in an animation frame runs after the paint of that frame.
        await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return { drawn, painted: performance.now() - begun };
      }, query);
    await measure('и'); // The first search computes the spellings of the names.
    await measure('');
    const floor = await plainListMs(page);
    const times: string[] = [];
    const drawings: number[] = [];
    for (const query of ['т', 'ти', 'тин', 'тинь', 'c,th', 'raif', 'нет такого', 'б', 'ба', '']) {
      const { drawn, painted } = await measure(query);
      drawings.push(drawn);
      times.push(`"${query}" ${drawn.toFixed(0)}/${painted.toFixed(0)}`);
    }
    t.diagnostic(
      `ms to the list/to the picture, by query: ${times.join(' · ')}; the floor: ${floor.toFixed(0)}`,
    );
    const drawn = median(drawings);
    assert.ok(
      drawn < SEARCH_IN_FLOORS * floor,
      `${drawn} ms a search, where ${floor} ms build the list plainly`,
    );
    await field.fill('nbymrjaa');
    await page.waitForFunction(() => {
      const picker = document.querySelector('sbp-checkout')!.shadowRoot!.querySelector('sbp-bank-picker')!;
      return picker.shadowRoot!.querySelector('.name')?.textContent === 'Т-Банк';
    });
    await page.context().close();
  });

  it('are drawn soon on a phone six times slower', async (t) => {
    const page = await open(PHONE, async (fresh) => {
      const cdp = await fresh.context().newCDPSession(fresh);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
      await fresh.addInitScript(() => {
        const tasks: number[] = [];
        Object.assign(window, { tasks });
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) tasks.push(duration);
        }).observe({ type: 'longtask', buffered: true });
      });
    });
    await settled(page);
    const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
    const floor = await plainListMs(page);
    t.diagnostic(
      `long tasks until the list stood, ms: ${tasks.map((ms) => ms.toFixed(0)).join(', ')}; the floor: ${floor.toFixed(0)}`,
    );
    const busy = tasks.reduce((sum, ms) => sum + ms, 0);
    assert.ok(busy < START_IN_FLOORS * floor, `${busy} ms, where ${floor} ms build the list plainly`);
    await page.context().close();
  });

  it('are never the only way: where none is found, the link and the code are at hand', async () => {
    const page = await open(PHONE);
    await page.getByRole('searchbox').fill('нет такого');
    await page.getByRole('link', { name: 'Открыть ссылку СБП' }).waitFor();
    await page.getByRole('button', { name: 'Показать все банки' }).waitFor();
    await page.getByRole('button', { name: 'Показать QR-код' }).click();
    await page.locator('sbp-qr-code').waitFor();
    await page.context().close();
  });

  it('are one Tab and a few arrows away, and the bank that was used is first next time', async () => {
    const page = await open(DESKTOP);
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('[fkdf');
    await page.getByRole('status').filter({ hasText: 'Найден' }).waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    assert.equal(await focusedName(page), 'Совкомбанк');
    await page.evaluate(() => document.addEventListener('sbp-bank-open', (event) => event.preventDefault()));
    await page.keyboard.press('Enter');
    await screenIs(page, 'waiting');
    await page.getByRole('button', { name: 'Другой банк' }).click();
    await page.getByRole('heading', { name: 'Недавние' }).waitFor();
    assert.match((await banksOf(page).first().textContent()) ?? '', /Совкомбанк/);
    const stored = await page.evaluate(() => Object.entries(localStorage));
    assert.deepEqual(stored, [['sbp-checkout:banks', '["bank100000000013"]']]);
    await page.context().close();
  });
});

async function focusedName(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    let focused = document.activeElement;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return focused?.querySelector('.name')?.textContent;
  });
}
