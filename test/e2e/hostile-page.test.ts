import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DESKTOP } from '../support/browser.ts';
import { screenIs, textOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const street = openStreet();

interface Overheard {
  readonly fetched: { readonly url: string; readonly headers: Record<string, string> }[];
  readonly events: string[];
}

describe('a page that listens to everything', () => {
  it('learns no more than it was given: its token goes to the companion alone, in a header', async () => {
    const { token, payment_id } = await street.companion.client.createPayment({
      order_id: 'ORD-1',
      metadata: { secret: 'of the shop' },
      customer: { phone: '+79990001122', email: 'payer@example.ru' },
    });
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await page.addInitScript(() => {
      const heard: { fetched: unknown[]; events: string[] } = { fetched: [], events: [] };
      Object.assign(window, { heard });
      const real = window.fetch.bind(window);
      window.fetch = (input, init) => {
        const url = input instanceof Request ? input.url : String(input);
        heard.fetched.push({ url, headers: Object.fromEntries(new Headers(init?.headers)) });
        return real(input, init);
      };
      for (const name of ['ready', 'status', 'paid', 'step', 'connection']) {
        document.addEventListener(`sbp-${name}`, (event) =>
          heard.events.push(JSON.stringify((event as CustomEvent<unknown>).detail)),
        );
      }
    });
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenIs(page, 'paid');
    const { fetched, events } = await page.evaluate(() => (window as unknown as { heard: Overheard }).heard);
    assert.ok(fetched.length > 0 && events.length > 0);
    for (const { url, headers } of fetched) {
      assert.equal(new URL(url).origin, street.companion.url);
      assert.ok(!url.includes(token.split('.')[1]!), 'no token in an address');
      assert.equal(headers['authorization'], `Bearer ${token}`);
    }
    const told = events.join('\n');
    for (const secret of [token, 'of the shop', '79990001122', 'payer@example.ru']) {
      assert.ok(!told.includes(secret), `an event told ${secret}`);
    }
    await page.context().close();
  });

  it('may add to what every object has, and define what it likes: the payment still works', async () => {
    const { token, payment_id } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.addInitScript(() => {
      // Change built-in prototypes and globals, as old libraries do, and some more.
      Object.assign(Object.prototype, { each: () => undefined, toJSON: undefined });
      Object.assign(Array.prototype, { last: () => undefined, remove: () => undefined });
      Object.assign(String.prototype, { strip: () => '' });
      Object.assign(window, { name: 'status', event: 'x', lit: 1, module: {}, define: () => undefined });
      customElements.define('sbp-qr-code', class extends HTMLElement {});
    });
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    assert.match(await textOf(page), /Оплата через СБП/);
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenIs(page, 'paid');
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('that breaks the network shows no failure, and goes on when it lets it through', async () => {
    const { token } = await street.companion.client.createPayment();
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await page.addInitScript(() => {
      const real = window.fetch.bind(window);
      let calls = 0;
      window.fetch = (input, init) => {
        calls++;
        if (calls === 1) throw new TypeError('patched');
        if (calls === 2) return Promise.resolve(undefined as unknown as Response);
        if (calls === 3) return Promise.resolve(Response.json({ status: 'paid' }));
        return real(input, init);
      };
    });
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await page.context().close();
  });
});
