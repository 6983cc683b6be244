import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { inlineQr } from '../../src/companion/http/pages/inline-qr.ts';
import { qrPng, qrSvg } from '../../src/companion/http/pages/qr-image.ts';
import { DESKTOP, launchChromium, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { PUBLISHED_LINKS } from '../support/links.ts';
import { measureQrCodes, readQrCodes } from '../support/qr-reader.ts';
import { screenIs, settled, ShopPage } from '../support/shop-page.ts';

let browser: Browser;
let shop: ShopPage;
let companion: CompanionProcess;

before(async () => {
  shop = await ShopPage.open();
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin, SBP_SANDBOX_LINK: 'nspk' });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await companion.stop();
  await shop.close();
});

/** Creates a payment whose provider returns this link. */
async function paymentWithLink(link: string): Promise<string> {
  const { token, payment_id } = await companion.client.createPayment();
  companion.changeData((db) =>
    db
      .prepare('UPDATE payments SET presentation_json = ? WHERE id = ?')
      .run(JSON.stringify({ kind: 'link', url: link, deep_link: null }), payment_id),
  );
  return token;
}

describe('the code on the screen', () => {
  for (const deviceScaleFactor of [1, 2, 3]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`says what the provider said, byte for byte: ${deviceScaleFactor}x, ${colorScheme}`, async () => {
        for (const link of Object.values(PUBLISHED_LINKS)) {
          const context = await browser.newContext({ ...DESKTOP, deviceScaleFactor, colorScheme });
          const page = await context.newPage();
          await shop.show(page, companion.url, await paymentWithLink(link));
          await screenIs(page, 'pay');
          await page.locator('sbp-checkout >> canvas').first().waitFor();
          assert.deepEqual(await readQrCodes(await page.screenshot()), [link]);
          await context.close();
        }
      });
    }
  }

  it('is readable where the payer’s system has dark colours of its own, enlarged as well', async () => {
    const context = await browser.newContext({ ...DESKTOP, forcedColors: 'active', colorScheme: 'dark' });
    const page = await context.newPage();
    await shop.show(page, companion.url, await paymentWithLink(PUBLISHED_LINKS.dynamic));
    await screenIs(page, 'pay');
    await page.locator('sbp-checkout >> canvas').first().waitFor();
    assert.deepEqual(await readQrCodes(await page.screenshot()), [PUBLISHED_LINKS.dynamic]);
    await page.getByRole('button', { name: 'Увеличить код' }).click();
    await settled(page);
    assert.deepEqual(await readQrCodes(await page.screenshot()), [PUBLISHED_LINKS.dynamic]);
    await context.close();
  });

  it('is one tap away on a phone, and readable there', async () => {
    const context = await browser.newContext(PHONE);
    const page = await context.newPage();
    await shop.show(page, companion.url, await paymentWithLink(PUBLISHED_LINKS.dynamic));
    await page.getByRole('button', { name: 'Показать QR-код' }).click();
    await page.getByRole('img').first().waitFor();
    await settled(page);
    assert.deepEqual(await readQrCodes(await page.screenshot()), [PUBLISHED_LINKS.dynamic]);
    await context.close();
  });

  it('is at least 320 px wide on a desktop', async () => {
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await shop.show(page, companion.url, await paymentWithLink(PUBLISHED_LINKS.dynamic));
    const box = await page.getByRole('img').first().boundingBox();
    assert.ok(box && box.width >= 320, `${box?.width ?? 0} px`);
    await page.context().close();
  });

  it('is the code that the merchant API draws, too', async () => {
    const { qr_png, qr_payload } = await companion.client.createPayment({ qr: { format: 'png', size: 512 } });
    assert.deepEqual(await readQrCodes(Buffer.from(qr_png, 'base64')), [qr_payload]);
    const { qr_svg, qr_payload: second } = await companion.client.createPayment({
      qr: { format: 'svg', size: 400 },
    });
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await page.setContent(qr_svg);
    assert.deepEqual(await readQrCodes(await page.screenshot()), [second]);
    await page.setContent(`<body style="stroke: #888; stroke-width: 2px; fill: #fff">${qr_svg}`);
    assert.deepEqual(await readQrCodes(await page.screenshot()), [second]);
    await page.context().close();
  });

  for (const name of ['bare', 'dynamic'] as const) {
    it(`has as many modules as qr_svg, qr_png and the fallback: ${name} link`, async () => {
      const link = PUBLISHED_LINKS[name];
      const page = await (await browser.newContext(DESKTOP)).newPage();
      await shop.show(page, companion.url, await paymentWithLink(link));
      await screenIs(page, 'pay');
      await page.locator('sbp-checkout >> canvas').first().waitFor();
      const screenshots = [await page.screenshot()];
      const png = qrPng(link, 512)!.toString('base64');
      for (const markup of [
        qrSvg(link, 400)!,
        `<img src="data:image/png;base64,${png}">`,
        String(inlineQr(link, 'QR')),
      ]) {
        await page.goto('about:blank'); // A page without the shop's Trusted Types.
        await page.setContent(markup);
        screenshots.push(await page.screenshot());
      }
      const codes = (await Promise.all(screenshots.map((shot) => measureQrCodes(shot)))).flat();
      const modules = name === 'bare' ? 29 : 41;
      assert.deepEqual(
        codes.map((code) => [code.text, code.modules]),
        screenshots.map(() => [link, modules]),
      );
      await page.context().close();
    });
  }
});
