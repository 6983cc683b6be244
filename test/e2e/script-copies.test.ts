import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { readElementBuild } from '../../src/companion/http/pages/element-build.ts';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { OtherVersion, thisVersion } from '../support/element-version.ts';
import { screenIs, ShopPage, textOf, troubleOf } from '../support/shop-page.ts';

/** The scripts of each page, in their order. The shop itself serves `/own/` and `/other/`. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  'the same script with and without a query': [
    'COMPANION/sbp-checkout.js',
    'COMPANION/sbp-checkout.js?ver=6.4',
  ],
  'two queries': ['COMPANION/sbp-checkout.js?ver=6.4', 'COMPANION/sbp-checkout.js?ver=6.5'],
  'its pinned address beside the usual one': [
    'COMPANION/PINNED/sbp-checkout.js',
    'COMPANION/sbp-checkout.js',
  ],
  'a copy of the shop’s own and ours': ['/own/sbp-checkout.js?v=1', 'COMPANION/sbp-checkout.js'],
  'ours and a copy of the shop’s own': ['COMPANION/sbp-checkout.js', '/own/sbp-checkout.js?v=1'],
};

let browser: Browser;
let companion: CompanionProcess;
let other: OtherVersion;
let shop: ShopPage;
let scripts: readonly string[] = [];

before(async () => {
  const { pinnedPath } = (await readElementBuild())!;
  other = new OtherVersion();
  shop = await ShopPage.open(
    (url) => ({
      markup: scripts
        .map((src) => src.replace('COMPANION', url).replace('/PINNED', pinnedPath))
        .map((src) => `<script type="module" src="${src}"></script>`)
        .join(''),
      scriptSources: url,
      trustedTypes: 'lit-html',
    }),
    (path) =>
      path.startsWith('/own/') ? thisVersion(path.slice(5)) : other.read(path.replace('/other/', '')),
  );
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await shop.close();
  await companion.stop();
  other.remove();
});

/** Pays on a page with these scripts. Returns the text at the end of the payment. */
async function pay(addresses: readonly string[]): Promise<string> {
  scripts = addresses;
  const { token, payment_id } = await companion.client.createPayment();
  const page = await (await browser.newContext(DESKTOP)).newPage();
  const trouble = troubleOf(page);
  const first = new URL(scripts[0]!.replace('COMPANION', companion.url), shop.origin).origin;
  page.on('request', (request) => {
    const { pathname, origin } = new URL(request.url());
    if (pathname.includes('/chunks/') && origin !== first)
      trouble.push(`a part of another copy: ${request.url()}`);
  });
  await shop.show(page, companion.url, token, { endpoint: companion.url });
  await page.locator('sbp-code-tools button').first().waitFor();
  await companion.client.sandbox(payment_id, 'pay');
  await screenIs(page, 'paid');
  const text = await textOf(page);
  assert.deepEqual(trouble, []);
  await page.context().close();
  return text;
}

describe('a page with two copies of the script', () => {
  for (const [name, addresses] of Object.entries(PAGES)) {
    it(`is paid: ${name}`, async () => {
      assert.match(await pay(addresses), /Оплачено\n/);
    });
  }

  it('is paid by the first of two versions, with the parts of that version', async () => {
    const identity = (script: Buffer | null) => /sbp-checkout [\w-]{12}/.exec(script!.toString())![0];
    assert.notEqual(identity(other.read('sbp-checkout.js')), identity(thisVersion('sbp-checkout.js')));
    const versions = ['COMPANION/sbp-checkout.js', '/other/sbp-checkout.js'];
    assert.match(await pay(versions), /Оплачено\n/);
    assert.match(await pay(versions.toReversed()), /Оплачено другой версией/);
  });
});
