import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { makeKnownList } from '../support/bank-list.ts';
import { launchChromium, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { screenIs, settled, ShopPage, troubleOf } from '../support/shop-page.ts';
import { until } from '../support/until.ts';

/** A PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let browser: Browser;
let shop: ShopPage;
let nspk: Server;
let companion: CompanionProcess;
let embedderPolicy = '';

before(async () => {
  nspk = createServer((request, response) => {
    const origin = `http://${request.headers.host ?? ''}`;
    if (request.url === '/list.json') {
      const banks = makeKnownList(30).dictionary as { schema: string }[];
      const dictionary = banks.map((bank) => ({ ...bank, logoURL: `${origin}/${bank.schema}.png` }));
      response.end(JSON.stringify({ dictionary }));
    } else if (request.url === '/bank100000000004.png') response.writeHead(404).end();
    else response.end(PNG);
  }).listen(0, '127.0.0.1');
  shop = await ShopPage.open((url) => ({
    // Without `crossorigin` the page requests these without CORS: only the response header allows them.
    markup:
      `<script type="module" src="${url}/sbp-checkout.js"></script><link rel="icon" href="${url}/paid.svg">` +
      `<img id="paid" src="${url}/paid.svg" alt="">`,
    scriptSources: url,
    headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': embedderPolicy },
  }));
  companion = await CompanionProcess.start({
    SBP_ALLOWED_ORIGINS: shop.origin,
    SBP_BANKS_URL: `http://127.0.0.1:${(nspk.address() as AddressInfo).port}/list.json`,
  });
  await until(async () => {
    const { banks } = (await (await companion.client.api('/banks')).json()) as { banks: unknown[] };
    return banks.length >= 30;
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

describe('a page that isolates itself from other origins', () => {
  for (const policy of ['require-corp', 'credentialless']) {
    it(`has the logos, the script and its parts, and is paid: ${policy}`, async () => {
      embedderPolicy = policy;
      const { token, payment_id } = await companion.client.createPayment();
      const page = await (await browser.newContext(PHONE)).newPage();
      const trouble = troubleOf(page);
      const blocked: string[] = [];
      page.on('requestfailed', (request) =>
        blocked.push(`${request.url()} ${request.failure()?.errorText ?? ''}`),
      );
      await shop.show(page, companion.url, token);
      await screenIs(page, 'pay');
      await settled(page);
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      // Logos below the window are not loaded yet.
      const widths = await page
        .locator('sbp-checkout >> [part~=bank] img:visible')
        .evaluateAll((images) =>
          (images as HTMLImageElement[])
            .filter((image) => image.getBoundingClientRect().bottom < innerHeight)
            .map(({ naturalWidth }) => naturalWidth),
        );
      assert.ok(widths.length >= 4, `${widths.length} logos`);
      assert.ok(!widths.includes(0), 'a logo is not shown');
      assert.ok(
        await page.locator('#paid').evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
      );
      await companion.client.sandbox(payment_id, 'pay');
      await screenIs(page, 'paid');
      assert.deepEqual(trouble, []);
      // A missing logo is reported as missing, and not as blocked.
      assert.deepEqual(
        blocked.filter((failure) => failure.includes('BY_RESPONSE')),
        [],
      );
      await page.context().close();
    });
  }
});
