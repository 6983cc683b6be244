import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, DESKTOP, findChromium } from '../support/browser.ts';
import { apiClient, freePort, type CreatedPayment } from '../support/companion.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { PathProxy } from '../support/path-proxy.ts';
import { screenIs, troubleOf } from '../support/shop-page.ts';

/** The link `…/pay#TOKEN` after changes by messengers, mail programs and trackers. `PAGE` is the address before the `#`. */
const FRAGMENTS = [
  'PAGE#TOKEN',
  'PAGE?utm_source=sms&fbclid=abc#TOKEN',
  'PAGE#TOKEN:~:text=foo',
  'PAGE#TOKEN&tgWebAppData=query_id%3DAAF&tgWebAppVersion=7.10&tgWebAppPlatform=ios',
  'PAGE#TOKEN?tgWebAppData=x',
  'PAGE#TOKEN&WebAppData=auth_date%3D1',
  'PAGE#TOKEN&googtrans=en',
  'PAGE#TOKEN#_=_',
  ...['.', ',', ')', ']', '>', '»', '”', '"', "'", '\u00a0', '_', '*'].map((end) => `PAGE#TOKEN${end}`),
  ...['%22', '%20', '%0A', '%E2%80%8B', '%C2%BB', '%'].map((end) => `PAGE#TOKEN${end}`),
  'PAGE#%E2%80%8BTOKEN',
  'PAGE#/TOKEN',
  'PAGE#ENCODED',
  'PAGE#TWICE',
  'PAGE#SIGNS',
  'PAGE/#TOKEN',
  'PAGE/?utm_source=sms#TOKEN%20',
];

/** Links that send the token to the server. */
const PATHS = [
  'PAGE%23TOKEN',
  'PAGE%2523TOKEN',
  'PAGE%23TOKEN%20',
  'PAGE%23TOKEN&tgWebAppData=query_id%3DAAF&tgWebAppVersion=7.10&tgWebAppPlatform=ios',
  'PAGE%23TOKEN/',
  'PAGE/%23TOKEN',
  'PAGE%23ENCODED?utm_source=sms',
  'PAGE%23SIGNS',
  'PAGE%2523SIGNS',
];

let browser: Browser;
before(async () => {
  // launchChromium() fails on a token in a path, since it may be a leak. Here the link itself has it there.
  browser = await chromium.launch({ executablePath: findChromium()!, args: CHROMIUM_ARGS });
});
after(() => browser.close());

function damaged(form: string, { payment_url, token }: CreatedPayment): string {
  const [page] = payment_url.split('#');
  return form
    .replace('PAGE', page!)
    .replace('TOKEN', token)
    .replace('ENCODED', token.replace('.', '%2E'))
    .replace('TWICE', token.replace('.', '%252e'))
    .replace('SIGNS', token.replaceAll('_', '%5F').replaceAll('-', '%252D').replace('.', '%2E'));
}

async function newPage(): Promise<Page> {
  const context = await browser.newContext(DESKTOP);
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

const SETUPS = {
  'at the root': '',
  'below a path': '/pay-api',
};

for (const [name, path] of Object.entries(SETUPS)) {
  describe(`the hosted page ${name}`, () => {
    let companion: CompanionProcess;
    let proxy: PathProxy;
    before(async () => {
      const port = await freePort();
      proxy = await PathProxy.start(path, () => `http://127.0.0.1:${port}`, true);
      companion = await CompanionProcess.start({ SBP_PORT: String(port), SBP_PUBLIC_URL: proxy.url });
    });
    after(async () => {
      await proxy.stop();
      await companion.stop();
    });

    it('opens whatever was put behind its token, before it or into it', async () => {
      const payment = await apiClient(proxy.url).createPayment();
      const page = await newPage();
      const trouble = troubleOf(page);
      for (const form of [...FRAGMENTS, ...PATHS]) {
        await page.goto('about:blank');
        await page.goto(damaged(form, payment));
        await screenIs(page, 'pay').catch((error: unknown) => {
          throw new Error(form, { cause: error });
        });
      }
      assert.deepEqual(trouble, []);
      await page.context().close();
    });

    it('moves a token behind the # before anything else is asked for', async () => {
      const payment = await apiClient(proxy.url).createPayment();
      for (const form of PATHS) {
        const page = await newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
        await page.goto(damaged(form, payment));
        await screenIs(page, 'pay');
        assert.equal(page.url(), payment.payment_url);
        const telling = asked.slice(1).filter((request) => request.includes(payment.token.slice(-20)));
        assert.deepEqual(telling, [], form);
        await page.context().close();
      }
    });

    it('says in words that a link without a token is damaged', async () => {
      for (const address of ['/pay', '/pay/', '/pay#', '/pay#garbage', '/pay/nothing', '/pay%23garbage']) {
        const page = await newPage();
        await page.goto(`${proxy.url}${address}`);
        await page.getByText('Не удалось открыть оплату').first().waitFor();
        await page.context().close();
      }
    });

    it('has a picture for its tab, and asks for nothing that is not there', async () => {
      const payment = await apiClient(proxy.url).createPayment();
      const page = await newPage();
      const missing: string[] = [];
      page.on('response', (response) => {
        if (response.status() >= 400) missing.push(response.url());
      });
      await page.goto(payment.payment_url);
      await screenIs(page, 'pay');
      const icon = await page
        .locator('link[rel=icon]')
        .first()
        .evaluate((link: HTMLLinkElement) => link.href);
      for (const address of [icon, `${proxy.url}/favicon.ico`]) {
        const answer = await fetch(address);
        assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/svg+xml']);
      }
      assert.deepEqual(missing, []);
      await page.context().close();
    });
  });
}
