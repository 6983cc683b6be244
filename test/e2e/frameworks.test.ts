import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, launchChromium } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { frameworkScripts } from '../support/framework-scripts.ts';
import { screenIs, ShopPage, textOf } from '../support/shop-page.ts';

let browser: Browser;
let companion: CompanionProcess;
let shop: ShopPage;
let markup = '';

before(async () => {
  const scripts = await frameworkScripts();
  shop = await ShopPage.open(
    () => ({
      markup,
      scriptSources: '',
      // Some frameworks need inline scripts and `eval`.
      headers: { 'content-security-policy': "default-src * 'unsafe-inline' 'unsafe-eval'" },
    }),
    (path) => scripts.get(path) ?? (path === '/next' ? '<p>Дальше</p>' : null),
  );
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await shop.close();
  await companion.stop();
});

/** Opens a page of the framework with a new payment. Returns the page, its console messages and the token. */
async function open(write: (token: string, ours: string) => string): Promise<[Page, string[], string]> {
  const { token } = await companion.client.createPayment();
  markup = write(token, `<script type="module" src="${companion.url}/sbp-checkout.js"></script>`);
  const page = await (await browser.newContext(DESKTOP)).newPage();
  const said: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  await shop.visit(page, companion.url);
  return [page, said, token];
}

const MESSAGES = '{ pay: "МОЙ ТЕКСТ", scanTitle: "МОЙ ТЕКСТ" }';
/**
 * Returns a script that hydrates after the element's first update and before its first paint. It holds back animation frames
 * until then, so that the order does not depend on the speed of the framework or machine.
 */
const hydrating = (code: string) =>
  `<script>
    const frame = window.requestAnimationFrame.bind(window);
    const frames = [];
    window.requestAnimationFrame = (draw) => frames.push(draw);
    customElements.whenDefined('sbp-checkout').then(() => setTimeout(() => {
      ${code};
      setTimeout(() => {
        window.requestAnimationFrame = frame;
        frames.forEach((draw) => frame(draw));
        window.hydrated = true;
      }, 1000);
    }));
  </script>`;

describe('a server’s markup with the element in it', () => {
  const FRAMEWORKS = {
    'React 18': [
      '/react-18.js',
      (token: string) =>
        `ReactDOM.hydrateRoot(root, React.createElement('sbp-checkout', { token: '${token}', theme: 'auto' }))`,
    ],
    'React 19': [
      '/react-19.js',
      (token: string) =>
        `ReactDOM.hydrateRoot(root, React.createElement('sbp-checkout', { token: '${token}', theme: 'auto' }))`,
    ],
    Vue: [
      '/vue.js',
      (token: string) =>
        `Vue.createSSRApp({ render: () => Vue.h('sbp-checkout', { token: '${token}', theme: 'auto' }) }).mount(root)`,
    ],
  } as const;
  for (const [name, [script, hydrate]] of Object.entries(FRAMEWORKS)) {
    it(`is taken over without a word: ${name}`, async () => {
      const [page, said] = await open(
        (token, ours) =>
          `<script src="${script}"></script><div id="root"><sbp-checkout token="${token}" theme="auto"></sbp-checkout></div>` +
          hydrating(hydrate(token)) +
          ours,
      );
      await page.waitForFunction(() => Reflect.get(window, 'hydrated') === true);
      await screenIs(page, 'pay');
      assert.deepEqual(
        said.filter((line) => /hydrat|did not match|mismatch|Extra attributes/i.test(line)),
        [],
      );
      await page.context().close();
    });
  }
});

describe('texts that a framework sets before the element is defined', () => {
  const WAYS = {
    'Vue, as a property': [
      '/vue.js',
      (token: string) =>
        `Vue.createApp({ render: () => Vue.h('sbp-checkout', { token: '${token}', '.messages': ${MESSAGES} }) }).mount(root)`,
    ],
    'React 18, by a ref': [
      '/react-18.js',
      (token: string) =>
        `ReactDOM.createRoot(root).render(React.createElement('sbp-checkout', { token: '${token}', messages: {}, ref: (element) => { if (element) element.messages = ${MESSAGES}; } }))`,
    ],
    'React 19, by a ref': [
      '/react-19.js',
      (token: string) =>
        `ReactDOM.createRoot(root).render(React.createElement('sbp-checkout', { token: '${token}', ref: (element) => { if (element) element.messages = ${MESSAGES}; } }))`,
    ],
  } as const;
  for (const [name, [script, mount]] of Object.entries(WAYS)) {
    it(`are shown: ${name}`, async () => {
      const [page] = await open(
        (token, ours) =>
          `<script src="${script}"></script><div id="root"></div><script>${mount(token)}</script>${ours}`,
      );
      await screenIs(page, 'pay');
      assert.deepEqual(await page.evaluate(() => document.querySelector('sbp-checkout')!.messages), {
        pay: 'МОЙ ТЕКСТ',
        scanTitle: 'МОЙ ТЕКСТ',
      });
      await page.context().close();
    });
  }

  it('are asked for as a property, once, where Vue has written them as an attribute', async () => {
    const [page, said] = await open(
      (token, ours) =>
        `<script src="/vue.js"></script><div id="root"></div><script>Vue.createApp({ render: () => Vue.h('sbp-checkout', { token: '${token}', messages: ${MESSAGES} }) }).mount(root)</script>${ours}`,
    );
    await screenIs(page, 'pay');
    assert.equal(said.filter((line) => line.includes('element.messages')).length, 1);
    assert.match(await textOf(page), /1\s250\s₽/);
    await page.context().close();
  });
});

describe('a page of htmx', () => {
  for (const [name, keep, expected] of [
    ['keeps no token in its history', true, false],
    ['would keep it without the element’s word: control', false, true],
  ] as const) {
    it(name, async () => {
      const [page, , token] = await open(
        (payment, ours) =>
          `<script src="/htmx.js"></script><main><sbp-checkout token="${payment}"></sbp-checkout></main>` +
          `<button hx-get="/next" hx-push-url="/checkout?next" hx-target="main">Дальше</button>${ours}`,
      );
      await screenIs(page, 'pay');
      if (!keep) {
        // Remove the attribute just before htmx looks for it: the element sets it again with each update.
        await page.evaluate(() => {
          document.addEventListener('htmx:beforeSwap', () => {
            for (const element of document.querySelectorAll('sbp-checkout'))
              element.removeAttribute('data-hx-history');
          });
        });
      }
      await page.getByRole('button', { name: 'Дальше' }).click();
      await page.getByText('Дальше', { exact: true }).first().waitFor();
      await page.waitForFunction(() => location.search === '?next');
      const stored = await page.evaluate(() =>
        JSON.stringify([localStorage, sessionStorage].map((store) => Object.entries(store))),
      );
      assert.equal(stored.includes(token), expected);
      await page.context().close();
    });
  }
});

describe('a page that idiomorph redraws', () => {
  it('keeps the payment and what its scripts have set', async () => {
    const [page] = await open(
      (token, ours) =>
        `<script src="/idiomorph.js"></script><main><sbp-checkout token="${token}" theme="light"></sbp-checkout></main>${ours}`,
    );
    await screenIs(page, 'pay');
    const markupNow = await page.evaluate(async () => {
      const checkout = document.querySelector('sbp-checkout')!;
      const token = checkout.getAttribute('token')!;
      Object.assign(checkout, { theme: 'dark', timer: 'off' });
      const { Idiomorph } = window as unknown as { Idiomorph: { morph(node: Element, html: string): void } };
      Idiomorph.morph(checkout, `<sbp-checkout token="${token}" theme="light" class="new"></sbp-checkout>`);
      await checkout.updateComplete;
      return [
        document.querySelector('sbp-checkout') === checkout,
        checkout.className,
        checkout.theme,
        checkout.timer,
      ];
    });
    assert.deepEqual(markupNow, [true, 'new', 'dark', 'off']);
    await screenIs(page, 'pay');
    await page.context().close();
  });
});
