/**
 * `npm run bench`: measures the payer's waiting times in a real browser against a real companion on this machine.
 * It asserts nothing, because timings depend on the machine.
 */
import { cpus } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { signWebhook } from '../src/webhooks/webhooks.ts';
import { DESKTOP, launchChromium } from '../test/support/browser.ts';
import { CompanionProcess } from '../test/support/companion-process.ts';
import { WEBHOOK_SECRET } from '../test/support/companion.ts';
import { screenIs, ShopPage } from '../test/support/shop-page.ts';

const ROUNDS = 30;

interface Times {
  paidAt: number;
  painted: number;
}

/** Records in the page when the QR was painted (ms after the snapshot arrived) and when "paid" was on the screen. */
function observe(): void {
  const times: Times = { paidAt: 0, painted: 0 };
  Object.assign(window, { times });
  const look = () => {
    const element = document.querySelector('sbp-checkout');
    if (
      times.painted === 0 &&
      element?.shadowRoot?.querySelector('sbp-qr-code')?.shadowRoot?.querySelector('canvas')
    ) {
      const arrived = performance
        .getEntriesByType('resource')
        .filter(({ name }) => /\/session(\/events)?$/.test(name))
        .map((entry) => entry as PerformanceResourceTiming)
        .find(({ responseEnd }) => responseEnd > 0);
      // A task queued in a frame callback runs after that frame is painted.
      setTimeout(() => (times.painted = arrived ? performance.now() - arrived.responseEnd : NaN));
      times.painted = -1;
    }
    if (element?.getAttribute('screen') === 'paid') times.paidAt ||= Date.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function round(
  page: Page,
  shop: ShopPage,
  companion: CompanionProcess,
): Promise<{ push: number; paint: number }> {
  const { token, payment_id } = await companion.client.createPayment();
  await shop.show(page, companion.url, token);
  await screenIs(page, 'pay');
  const paint = await (
    await page.waitForFunction(() => {
      const { painted } = (window as unknown as { times: Times }).times;
      return painted > 0 ? painted : null;
    })
  ).jsonValue();
  // The stream must be open; otherwise the round would include the time to open it.
  await page.waitForFunction(() => document.querySelector('sbp-checkout')?.connection === 'live');
  const body = JSON.stringify({
    event: 'payment.paid',
    payment_id,
    status: 'paid',
    amount: 125_000,
    currency: 'RUB',
  });
  const signed = signWebhook(
    { event: 'payment.paid', deliveryId: payment_id, body },
    WEBHOOK_SECRET,
    Date.now(),
  );
  const sent = Date.now();
  await fetch(`${companion.url}/webhooks/sandbox`, { method: 'POST', body, headers: { ...signed } });
  await screenIs(page, 'paid');
  const paidAt = await (
    await page.waitForFunction(() => (window as unknown as { times: Times }).times.paidAt || null)
  ).jsonValue();
  return { push: (paidAt ?? NaN) - sent, paint: paint ?? NaN };
}

async function measure(browser: Browser): Promise<void> {
  const shop = await ShopPage.open();
  const companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: shop.origin, SBP_LOG_LEVEL: 'warn' });
  try {
    const page = await (await browser.newContext(DESKTOP)).newPage();
    await page.addInitScript(observe);
    const first = await round(page, shop, companion);
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await round(page, shop, companion));
    console.log(
      `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, ${ROUNDS} rounds\n`,
    );
    report(
      'webhook sent → "paid" on the screen',
      rounds.map(({ push }) => push),
      100,
    );
    report(
      'snapshot arrived → QR painted',
      rounds.map(({ paint }) => paint),
      50,
    );
    console.log(`  the very first QR of a fresh browser: ${first.paint.toFixed(0)} ms`);
  } finally {
    await companion.stop();
    await shop.close();
  }
}

function report(what: string, values: number[], aim: number): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(0);
  console.log(
    `${what}: median ${at(0.5)} ms, 90th percentile ${at(0.9)} ms, worst ${at(1)} ms (aim: median under ${aim})`,
  );
}

const browser = await launchChromium();
try {
  await measure(browser);
} finally {
  await browser.close();
}
