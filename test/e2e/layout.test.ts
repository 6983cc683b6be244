import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DESKTOP, launchChromium, PHONE, TABLET } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { screenIs, settled, ShopPage } from '../support/shop-page.ts';

const DEVICES = { desktop: DESKTOP, phone: PHONE, tablet: TABLET };
/** Window widths. 320 px is also a 1280 px window at 400 % zoom. */
const WIDTHS = [280, 320, 390, 639, 641, 1024, 3840];

/** Text styles of a page, which the element's texts would inherit. */
const FOREIGN =
  'white-space:nowrap;text-indent:3em;text-transform:uppercase;letter-spacing:.3em;word-spacing:1em;font-style:italic;font-weight:900';

let browser: Browser;
let shop: ShopPage;
/** The companions of a shop with a usual name, and of a shop with long words in its name. */
let usual: CompanionProcess;
let wordy: CompanionProcess;

before(async () => {
  shop = await ShopPage.open();
  const origins = { SBP_ALLOWED_ORIGINS: shop.origin };
  const name = 'Общество с ограниченной ответственностью «Сельскохозяйственное оборудование»';
  usual = await CompanionProcess.start({ ...origins, SBP_MERCHANT_NAME: 'Магазин «Ромашка»' });
  wordy = await CompanionProcess.start({ ...origins, SBP_MERCHANT_NAME: name });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await Promise.all([usual.stop(), wordy.stop()]);
  await shop.close();
});

async function open(device: BrowserContextOptions, companion: CompanionProcess): Promise<Page> {
  const page = await (await browser.newContext(device)).newPage();
  const { token } = await companion.client.createPayment({
    order_id: companion === wordy ? 'ORD-100500-100500-100500-100500-100500' : 'ORD-100500',
    amount: companion === wordy ? 9_876_543_21 : 1_250_00,
  });
  await shop.show(page, companion.url, token);
  return page;
}

/** Lists the elements in all shadow roots that extend beyond the card or clip their text. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const card = document.querySelector('sbp-checkout')!.shadowRoot!.querySelector('.card')!;
    const { left, right } = card.getBoundingClientRect();
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll<HTMLElement>('*')) {
        if (element.shadowRoot) look(element.shadowRoot);
        const box = element.getBoundingClientRect();
        if (box.width === 0 || element.closest('.hidden, option')) continue;
        const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
        if (box.left < left - 1 || box.right > right + 1) found.push(`${name} reaches out of the card`);
        const clips = getComputedStyle(element).overflowX !== 'visible' && element.tagName !== 'INPUT';
        if (clips && element.scrollWidth > element.clientWidth + 1) found.push(`${name} hides what it holds`);
      }
    };
    look(card);
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return found;
  });
}

describe('the element', () => {
  for (const [name, device] of Object.entries(DEVICES)) {
    it(`fits any width, from either side, on a ${name}`, async () => {
      const page = await open({ ...device, isMobile: false }, wordy);
      await screenIs(page, 'pay');
      await settled(page);
      for (const dir of ['ltr', 'rtl']) {
        await page.evaluate((direction) => {
          document.documentElement.dir = direction;
          // The direction follows the language of the texts: Russian stays left to right on any page.
          const language =
            direction === 'rtl' ? { messages: { ar: { title: 'ادفع عبر SBP' } }, locale: 'ar' } : {};
          Object.assign(document.querySelector('sbp-checkout')!, language);
        }, dir);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await settled(page);
          assert.deepEqual(await misfits(page), [], `${width} px, ${dir}`);
        }
      }
      await page.context().close();
    });
  }

  it('has its width in parents that ask how wide it would be', async () => {
    for (const [device, width] of [
      [DESKTOP, 760],
      [PHONE, 360],
    ] as const) {
      const page = await open(device, usual);
      await screenIs(page, 'pay');
      for (const style of [
        'display:flex;justify-content:center',
        'display:grid;place-items:center',
        'display:inline-block',
        'float:left',
        'position:absolute',
        'display:table-cell',
      ]) {
        await page.evaluate((css) => {
          const element = document.querySelector('sbp-checkout')!;
          element.parentElement!.style.cssText = css;
        }, style);
        await settled(page);
        const box = (await page.locator('sbp-checkout').boundingBox())!;
        assert.ok(Math.abs(box.width - width) <= 32, `${style}: ${box.width} px`);
        assert.deepEqual(await misfits(page), [], style);
      }
      await page.context().close();
    }
  });

  it('has its own text styles in a page that has others', async () => {
    for (const device of [DESKTOP, PHONE]) {
      const page = await open(device, usual);
      await screenIs(page, 'pay');
      await settled(page);
      const before = await page.locator('sbp-checkout').boundingBox();
      await page.evaluate((css) => void (document.body.style.cssText = css), FOREIGN);
      await settled(page);
      assert.deepEqual(await misfits(page), []);
      assert.deepEqual(await page.locator('sbp-checkout').boundingBox(), before);
      await page.context().close();
    }
  });

  it('scrolls with the page where a list of its own would fill a low window', async () => {
    for (const [height, scrolls] of [
      [390, false],
      [900, true],
    ] as const) {
      const page = await open({ ...TABLET, viewport: { width: 844, height } }, usual);
      await screenIs(page, 'pay');
      const overflow = await page
        .locator('sbp-bank-picker')
        .evaluate((list) => getComputedStyle(list).overflowY);
      assert.equal(overflow, scrolls ? 'auto' : 'visible', `${height} px`);
      await page.context().close();
    }
  });

  it('is written in the direction of its language, whatever the page’s', async () => {
    const page = await open(DESKTOP, usual);
    await screenIs(page, 'pay');
    const direction = () =>
      page
        .locator('sbp-checkout')
        .evaluate((element) => getComputedStyle(element.shadowRoot!.querySelector('.amount')!).direction);
    await page.evaluate(() => void (document.documentElement.dir = 'rtl'));
    assert.equal(await direction(), 'ltr');
    await page.evaluate(() =>
      Object.assign(document.querySelector('sbp-checkout')!, { messages: { he: {} }, locale: 'he' }),
    );
    assert.equal(await direction(), 'rtl');
    await page.context().close();
  });

  it('gives a code of at least 320 px to whoever has the room', async () => {
    const page = await open(DESKTOP, usual);
    await screenIs(page, 'pay');
    const { width } = (await page.locator('sbp-qr-code canvas').boundingBox())!;
    assert.ok(width >= 320, `${width} px`);
    await page.context().close();
  });

  it('holds still for a payer who asked for that', async () => {
    const page = await open({ ...DESKTOP, reducedMotion: 'reduce' }, usual);
    await screenIs(page, 'pay');
    const moving = (): Promise<number> =>
      page.evaluate(() => {
        const roots = (root: ParentNode): ShadowRoot[] =>
          [...root.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
            shadowRoot ? [shadowRoot, ...roots(shadowRoot)] : [],
          );
        return roots(document).flatMap((root) => root.getAnimations()).length;
      });
    await settled(page);
    assert.equal(await moving(), 0);
    await page.context().close();
  });
});
