import { expect } from '@open-wc/testing';
import { until } from '../support/checkout.ts';
import { ENDPOINT, FakePayment } from '../support/fake-companion.ts';
import { snapshot } from '../support/snapshots.ts';

const SHOP_LIT = '<script type="module" src="/node_modules/lit/index.js"></script>';
const ours = (query: string) => `<script type="module" src="/dist/cdn/sbp-checkout.js${query}"></script>`;
/** Returns the policy of a page. Browsers without Trusted Types ignore both directives. */
const policy = (words: string) =>
  `<meta http-equiv="Content-Security-Policy" content="require-trusted-types-for 'script'; trusted-types ${words}">`;

const PAGES = {
  'alone, with a query': `<head>${policy("'none'")}</head><body>${ours('?ver=6.4')}`,
  'after a Lit of the shop’s own': `<head>${policy('lit-html')}</head><body>${SHOP_LIT}${ours('?ver=6.4')}`,
  'before it': `<head>${policy('lit-html')}</head><body>${ours('?ver=6.4')}${SHOP_LIT}`,
  'at two addresses': `<head>${policy('lit-html')}</head><body>${ours('')}${ours('?ver=6.4')}`,
};

/** Opens a document of this origin in a frame, without the scripts of the test runner. */
async function openPage(markup: string): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe');
  frame.width = '800';
  frame.height = '900';
  frame.srcdoc = `<!doctype html><html lang="ru">${markup}<sbp-checkout></sbp-checkout>`;
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve));
  return frame;
}

describe('the built script', () => {
  for (const [name, markup] of Object.entries(PAGES)) {
    it(`shows the code with its tools, and the result: ${name}`, async () => {
      const payment = await FakePayment.create(snapshot());
      const frame = await openPage(markup);
      const violations: string[] = [];
      frame.contentDocument!.addEventListener('securitypolicyviolation', (event) =>
        violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
      );
      const checkout = frame.contentDocument!.querySelector('sbp-checkout')!;
      for (const [key, value] of Object.entries({
        endpoint: ENDPOINT,
        device: 'desktop',
        token: payment.token,
      }))
        checkout.setAttribute(key, value);
      const inner = (selector: string) => checkout.shadowRoot?.querySelector(selector)?.shadowRoot;
      await until(() => inner('sbp-qr-code')?.querySelector('svg, canvas'));
      await until(() => inner('sbp-code-tools')?.querySelector('button'));
      await payment.send(snapshot({ version: 2, status: 'paid' }));
      await until(() => checkout.getAttribute('screen') === 'paid');
      expect(violations).to.deep.equal([]);
      frame.remove();
    });
  }
});
