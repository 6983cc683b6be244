import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { DESKTOP } from '../support/browser.ts';
import { Pace } from '../support/pace.ts';
import { screenIs, screenWithin, textOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const street = openStreet();

/** Opens a page whose clock is wrong by `offsetMs`. */
async function pageWithClock(offsetMs: number): Promise<Page> {
  const page = await (await street.browser.newContext(DESKTOP)).newPage();
  await page.addInitScript((offset) => {
    const RealDate = Date;
    class WrongDate extends RealDate {
      constructor(...args: unknown[]) {
        super(...((args.length > 0 ? args : [RealDate.now() + offset]) as []));
      }
      static override now() {
        return RealDate.now() + offset;
      }
    }
    Object.assign(window, { Date: WrongDate });
  }, offsetMs);
  return page;
}

describe('the time to pay', () => {
  for (const hours of [-1, 1]) {
    it(`ends at the true moment on a clock ${hours} h off`, async (t) => {
      const page = await pageWithClock(hours * 3_600_000);
      await street.shop.visit(page, street.companion.url);
      const { token, expires_at } = await street.companion.client.createPayment({ expires_in: 9 });
      await street.shop.handToken(page, token);
      await screenIs(page, 'pay');
      assert.match(await textOf(page), /Код действует ещё 0:0[1-9]/);
      const pace = Pace.start();
      await screenIs(page, 'expired');
      const lag = Date.now() - Date.parse(expires_at);
      t.diagnostic(`"expired" ${lag} ms after the moment`);
      assert.ok(lag >= 0 && lag < pace.stretch(1_500), `${lag} ms after the moment`);
      await page.context().close();
    });
  }

  it('turns an expired page to paid when the money comes late', async () => {
    const page = await pageWithClock(0);
    await street.shop.visit(page, street.companion.url);
    const { token, payment_id } = await street.companion.client.createPayment({ expires_in: 9 });
    await street.shop.handToken(page, token);
    // Wait for the stream first: a page that is opened after the end has none, and polls at longer intervals.
    await screenIs(page, 'pay');
    await screenIs(page, 'expired');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenWithin(page, 'paid', 2_000);
    assert.match(await textOf(page), /чуть позже срока/);
    await page.context().close();
  });
});

describe('an interrupted page', () => {
  it('knows where the payment stands after a reload', async () => {
    const { payment_url, payment_id } = await street.companion.client.createPayment({ expires_in: 600 });
    const page = await pageWithClock(0);
    await page.goto(payment_url);
    await screenIs(page, 'pay');
    const before = await timeLeft(page);
    await page.reload();
    await screenIs(page, 'pay');
    const after = await timeLeft(page);
    assert.ok(after <= before, `a reload gave time: ${before} s, then ${after} s`);
    await street.companion.client.sandbox(payment_id, 'process');
    await screenWithin(page, 'waiting', 2_000);
    await page.reload();
    await screenIs(page, 'waiting');
    await street.companion.client.sandbox(payment_id, 'pay');
    await screenWithin(page, 'paid', 2_000);
    await page.reload();
    await screenIs(page, 'paid');
    await page.context().close();
  });

  it('recovers from a companion killed in the middle, and shows "paid"', async (t) => {
    const { token, payment_id } = await street.companion.client.createPayment();
    const page = await pageWithClock(0);
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    await street.companion.kill();
    await page.waitForTimeout(2_500);
    assert.equal(
      await page.locator('sbp-checkout').getAttribute('screen'),
      'pay',
      'a lost line is no failure',
    );
    await street.companion.start();
    assert.equal((await street.companion.client.sandbox(payment_id, 'pay')).status, 200);
    const paid = Date.now();
    await screenIs(page, 'paid');
    t.diagnostic(`"paid" ${Date.now() - paid} ms after the restarted companion knew it`);
    await page.context().close();
  });

  it('is told at once when its network comes back', async () => {
    const { token, payment_id } = await street.companion.client.createPayment();
    const page = await pageWithClock(0);
    await street.shop.show(page, street.companion.url, token);
    await screenIs(page, 'pay');
    // An open stream survives going offline. Its first bytes after the "offline" event would disprove the event: wait for them.
    await page.waitForFunction(
      () => document.querySelector<SbpCheckout>('sbp-checkout')?.connection === 'live',
    );
    await page.context().setOffline(true);
    await page.getByText('Нет связи').waitFor();
    await street.companion.client.sandbox(payment_id, 'pay');
    await page.context().setOffline(false);
    await screenWithin(page, 'paid', 2_000);
    await page.context().close();
  });
});

async function timeLeft(page: Page): Promise<number> {
  const text = await textOf(page);
  const match = /ещё (\d+):(\d\d)/.exec(text);
  assert.ok(match, `no time left in: ${text}`);
  return Number(match[1]) * 60 + Number(match[2]);
}
