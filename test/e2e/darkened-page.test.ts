import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { contrastOf, measureQrCodes } from '../support/qr-reader.ts';
import { screenIs, settled, troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const street = openStreet({ SBP_SANDBOX_LINK: 'nspk' });

/** The modes of "Auto dark mode for web contents" in chrome://flags: inversion method, pictures, lightness thresholds. */
const DARK_MODES = [
  '',
  ':inversion_method/hsl_based/image_behavior/none/foreground_lightness_threshold/256/background_lightness_threshold/0',
  ':inversion_method/cielab_based/image_behavior/none/foreground_lightness_threshold/256/background_lightness_threshold/0',
  ':inversion_method/rgb_based/image_behavior/none/foreground_lightness_threshold/256/background_lightness_threshold/0',
  ':inversion_method/cielab_based/image_behavior/selective/foreground_lightness_threshold/256/background_lightness_threshold/0',
  ':inversion_method/cielab_based/image_behavior/none/foreground_lightness_threshold/150/background_lightness_threshold/205',
  ':inversion_method/cielab_based/image_behavior/selective/foreground_lightness_threshold/150/background_lightness_threshold/205',
];

const TEXTS = ['.shop', '.order', '.amount', '.guide h2', '.guide li span', '.timer', '.foot .button'];

/** Waits for one QR code of `link` that is black on white, with its margin and without grey pixels. */
async function codeIsReadable(page: Page, link: string): Promise<void> {
  let seen = '';
  await until(async () => {
    const codes = await measureQrCodes(await page.screenshot());
    seen = JSON.stringify(codes);
    return (
      codes.length === 1 &&
      codes.every(
        ({ text, contrast, quietZone, blur }) =>
          text === link && contrast >= 17 && quietZone >= 17 && blur === 0,
      )
    );
  }, 'a readable code').catch((error: unknown) => {
    throw new Error(`a camera sees ${seen}`, { cause: error });
  });
}

/** Adds a style sheet, as extensions and shops do. The page's policy does not apply to it. */
async function dress(page: Page, css: string): Promise<void> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, css);
}

describe('the browser’s own dark mode for sites', () => {
  for (const mode of DARK_MODES) {
    it(`leaves the code dark on white and the texts readable: ${mode || 'as it comes'}`, async () => {
      const browser = await launchChromium(undefined, [`--enable-features=WebContentsForceDark${mode}`]);
      try {
        const { token, qr_payload } = await street.companion.client.createPayment();
        const page = await (await browser.newContext({ ...DESKTOP, colorScheme: 'dark' })).newPage();
        await street.shop.show(page, street.companion.url, token, { theme: 'light' });
        await screenIs(page, 'pay');
        await settled(page);
        await codeIsReadable(page, qr_payload);
        for (const text of TEXTS) {
          const contrast = contrastOf(await page.locator(`sbp-checkout ${text}`).first().screenshot());
          assert.ok(contrast >= 4.5, `${text}: ${contrast}`);
        }
        for (const theme of ['dark', 'auto']) {
          await page
            .locator('sbp-checkout')
            .evaluate((element, value) => element.setAttribute('theme', value), theme);
          await codeIsReadable(page, qr_payload);
        }
      } finally {
        await browser.close();
      }
    });
  }
});

describe('the code', () => {
  it('is sharp at each density, also when the page is zoomed or moved to another screen', async () => {
    const { token, qr_payload } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    const trouble = troubleOf(page);
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await settled(page);
    await codeIsReadable(page, qr_payload);
    const devtools = await page.context().newCDPSession(page);
    for (const deviceScaleFactor of [1.25, 1.5, 2, 3, 1.1]) {
      const [width, height] = [1100, 900].map((side) =>
        Math.floor(side / (deviceScaleFactor < 2 ? deviceScaleFactor : 1)),
      );
      await devtools.send('Emulation.setDeviceMetricsOverride', {
        width: width!,
        height: height!,
        deviceScaleFactor,
        mobile: false,
      });
      await codeIsReadable(page, qr_payload);
    }
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('is black on white on paper, whether what inverts the page is for the screen alone or not', async () => {
    const { token, qr_payload } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext({ ...DESKTOP, colorScheme: 'dark' })).newPage();
    await street.shop.show(page, street.companion.url, token, { theme: 'dark' });
    await screenIs(page, 'pay');
    await settled(page);
    for (const css of ['', '@media screen { html { filter: invert(1) } }', 'html { filter: invert(1) }']) {
      await dress(page, css);
      await page.emulateMedia({ media: 'screen' });
      await codeIsReadable(page, qr_payload);
      await page.emulateMedia({ media: 'print' });
      await page.locator('sbp-qr-code svg').waitFor();
      await codeIsReadable(page, qr_payload);
    }
    await page.context().close();
  });
});
