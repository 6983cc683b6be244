import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { screenIs, troubleOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const street = openStreet();

/** Applies the patches of Prototype.js 1.7, MooTools and old polyfills that affect other scripts on the page. */
function patch(): void {
  const quoted = function (this: unknown): string {
    return `"${String(this)}"`;
  };
  for (const holder of [Object.prototype, Array.prototype, String.prototype])
    Object.defineProperty(holder, 'toJSON', { configurable: true, writable: true, value: quoted });
  const toArray = (items: ArrayLike<unknown> | null | undefined): unknown[] => {
    const list: unknown[] = [];
    for (let index = 0; index < (items?.length ?? 0); index++) list.push(items![index]);
    return list;
  };
  Object.assign(Array, { from: toArray });
  Object.assign(Array.prototype, {
    entries(this: unknown[]) {
      return toArray(this);
    },
    toArray(this: unknown[]) {
      return toArray(this);
    },
    first(this: unknown[]) {
      return this[0];
    },
  });
}

async function open(
  options: typeof PHONE,
  payment: Record<string, unknown>,
): Promise<[Page, string[], string]> {
  const { token, payment_id } = await street.companion.client.createPayment(payment);
  const page = await (await street.browser.newContext(options)).newPage();
  const trouble = troubleOf(page);
  await page.addInitScript(patch);
  await street.shop.show(page, street.companion.url, token);
  return [page, trouble, payment_id];
}

describe('a page whose libraries have patched every object', () => {
  it('sends what the payer chose, byte by byte, and is paid', async () => {
    const [page, trouble, paymentId] = await open(DESKTOP, { methods: ['sbp', 'sberpay', 'buyer_qr'] });
    const posted: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posted.push(request.postData() ?? '');
    });
    await screenIs(page, 'choose');
    await page.getByRole('button', { name: /СБП/ }).click();
    await page.locator('sbp-qr-code').first().waitFor();
    await street.companion.client.sandbox(paymentId, 'pay');
    await screenIs(page, 'paid');
    assert.deepEqual(posted, ['{"method":"sbp"}']);
    assert.deepEqual(trouble, []);
    await page.context().close();
  });

  it('finds a bank, also by the wrong keyboard layout, and remembers it', async () => {
    const [page, trouble] = await open(PHONE, {});
    await page.getByRole('link', { name: /Тестовый банк/ }).waitFor();
    // «песочн» on the Latin layout.
    for (const query of ['песочн', 'gtcjxy']) {
      await page.getByRole('searchbox').fill(query);
      await until(
        async () => (await page.locator('sbp-checkout >> [part~=bank]').count()) === 1,
        `one bank found by ${query}`,
      );
    }
    const [bankPage] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: /Тестовый банк/ }).click(),
    ]);
    await bankPage.close();
    await screenIs(page, 'waiting');
    const kept = await page.evaluate(() => ({
      banks: localStorage.getItem('sbp-checkout:banks'),
      gone: Object.entries(sessionStorage).find(([key]) =>
        key.startsWith('sbp-checkout:gone:'),
      )?.[1] as string,
    }));
    assert.match(kept.banks ?? '', /^\["[\w-]+"\]$/);
    assert.match(kept.gone, /^\[\d+,\{"id":"[\w-]+","name":"[^"]+","url":"/);
    assert.deepEqual(trouble, []);
    await page.context().close();
  });
});
