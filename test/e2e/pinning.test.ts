import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { pinnedSnippet } from '../../src/companion/cli/snippet.ts';
import { readElementBuild, type ElementBuild } from '../../src/companion/http/pages/element-build.ts';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { screenIs, ShopPage, troubleOf, type Loading } from '../support/shop-page.ts';
import { UpstreamProxy, type Trick } from '../support/upstream-proxy.ts';

let browser: Browser;
let build: ElementBuild;
let companion: CompanionProcess;
/** A proxy between the companion and the payer, which can change bytes. */
let carrier: UpstreamProxy;
let pinned: ShopPage;
let unpinned: ShopPage;
let direct: ShopPage;
let page: Page;
let trouble: string[];

/** Returns the pinned snippet, with the `script-src` value that its comment names. */
function snippetOf(url: string): Loading {
  const markup = pinnedSnippet(build, url);
  return { markup, scriptSources: /script-src needs (.*) -->/.exec(markup)![1]! };
}

before(async () => {
  build = (await readElementBuild())!;
  pinned = await ShopPage.open(() => snippetOf(carrier.url));
  unpinned = await ShopPage.open(() => ({
    markup: `<script type="module" src="${carrier.url}/sbp-checkout.js"></script>`,
    scriptSources: carrier.url,
  }));
  direct = await ShopPage.open(snippetOf);
  const allowed = [pinned, unpinned, direct].map(({ origin }) => origin).join();
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: allowed });
  carrier = await UpstreamProxy.start(companion.url);
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await Promise.all([pinned, unpinned, direct].map((shop) => shop.close()));
  carrier.stop();
  await companion.stop();
});
beforeEach(async () => {
  page = await (await browser.newContext(DESKTOP)).newPage();
  trouble = troubleOf(page);
});

/** Passes scripts on to pages of any origin. Replaces one unnecessary `;` in the scripts that `isMeant` selects. */
function carrying(isMeant: (path: string) => boolean): Trick {
  return async (call, response, pass) => {
    delete call.headers['accept-encoding'];
    const { status, body } = await pass();
    const bytes = Buffer.from(body);
    if (isMeant(call.path)) bytes[bytes.lastIndexOf(';')] = '\n'.charCodeAt(0);
    response
      .writeHead(status, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' })
      .end(bytes);
  };
}
const isEntry = (path: string) => path.endsWith('/sbp-checkout.js');
const isQrChunk = (path: string) => path.includes('/chunks/qr-code-');

async function show(shop: ShopPage): Promise<void> {
  const { token } = await companion.client.createPayment();
  carrier.calls.length = 0;
  await shop.show(page, companion.url, token, { endpoint: companion.url });
}
const isDefined = (name: string) => page.evaluate((tag) => customElements.get(tag) !== undefined, name);
/** Returns the addresses with a `#` under which parts were requested again. The server does not see the `#`. */
const otherAddresses = () =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.includes('#')),
  );
const qrCode = () => page.locator('sbp-qr-code canvas').first().waitFor();
/** Waits for Chromium's console message about the blocked script. */
const blocked = () => page.waitForEvent('console', (message) => message.text().includes('integrity'));

afterEach(() => page.context().close());

describe('a page that pins the script', () => {
  it('pays as ever, by pinned addresses alone, under a strict policy', async () => {
    carrier.trick = carrying(() => false);
    await show(pinned);
    await screenIs(page, 'pay');
    await qrCode();
    // The code's tools are loaded after the code.
    await page.locator('sbp-code-tools button').first().waitFor();
    assert.deepEqual(trouble, []);
    const paths = carrier.calls.map(({ path }) => path.replace(/^\/pinned\/[0-9a-f]{16}\//, ''));
    assert.equal(paths[0], 'sbp-checkout.js');
    const parts = paths.slice(1).map((path) => /^chunks\/([\w-]+)-[\w-]{8}\.js$/.exec(path)?.[1] ?? path);
    assert.deepEqual(parts.toSorted(), ['code-tools', 'link-copy', 'qr-code']);
  });

  it('runs no script with one byte changed', async () => {
    carrier.trick = carrying(isEntry);
    await Promise.all([blocked(), show(pinned)]);
    await page.waitForTimeout(500);
    assert.equal(await isDefined('sbp-checkout'), false);
  });

  it('runs no part on demand with one byte changed', async () => {
    carrier.trick = carrying(isQrChunk);
    await Promise.all([blocked(), show(pinned)]);
    // Loading is repeated, but never from an address for which the page has no hash.
    await page.locator('.lost').first().waitFor();
    assert.equal(await isDefined('sbp-qr-code'), false);
    assert.deepEqual(await otherAddresses(), []);
  });

  it('is spared a second address only there: some browsers remember that the first has failed', async () => {
    let failures = 2;
    const work = carrying(() => false);
    carrier.trick = (call, response, pass) =>
      isQrChunk(call.path) && failures-- > 0 ? response.writeHead(503).end() : work(call, response, pass);
    await show(unpinned);
    await qrCode();
    assert.match((await otherAddresses()).join(), /^http:[^,]+\/chunks\/qr-code-[\w-]{8}\.js#1,[^,]+#2$/);
    assert.deepEqual(trouble, []);
  });

  it('would have run both, had it not pinned them', async () => {
    carrier.trick = carrying((path) => isEntry(path) || isQrChunk(path));
    await show(unpinned);
    await screenIs(page, 'pay');
    await qrCode();
  });

  it('loads it from the companion itself', async () => {
    const { token } = await companion.client.createPayment();
    await direct.show(page, companion.url, token);
    await screenIs(page, 'pay');
    await qrCode();
    assert.deepEqual(trouble, []);
  });
});
