/**
 * `npm run screenshots [folder]` writes the README's screenshots into docs/screenshots. With a folder it also writes every state
 * of the gallery for desktop and phone, light and dark, in both languages.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createServer } from 'vite';
import { DESKTOP, launchChromium, PHONE } from '../test/support/browser.ts';
import { CompanionProcess } from '../test/support/companion-process.ts';
import { SCENARIOS } from './gallery/scenarios.ts';

const root = join(import.meta.dirname, '..');
/** The number of pages that are open at the same time. */
const CONCURRENCY = 4;

async function forReadme(browser: Browser): Promise<void> {
  const folder = join(root, 'docs/screenshots');
  mkdirSync(folder, { recursive: true });
  const companion = await CompanionProcess.start({
    SBP_SANDBOX_LINK: 'nspk',
    SBP_MERCHANT_NAME: 'Магазин «Ромашка»',
  });
  try {
    for (const [name, device] of [
      ['desktop', { ...DESKTOP, viewport: { width: 860, height: 660 }, deviceScaleFactor: 2 }],
      ['phone', { ...PHONE, deviceScaleFactor: 2 }],
    ] as const) {
      const { payment_url } = await companion.client.createPayment({
        order_id: 'ORD-100500',
        expires_in: 873,
      });
      // bypassCSP allows the added style, which sets the same font on every machine.
      const page = await (await browser.newContext({ ...device, bypassCSP: true })).newPage();
      await page.goto(payment_url);
      await page.addStyleTag({ content: 'body { font-family: Inter, system-ui, sans-serif }' });
      await page.locator('sbp-checkout[screen=pay]').waitFor();
      await page.waitForTimeout(800);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await page.context().close();
    }
  } finally {
    await companion.stop();
  }
}

async function ofEveryState(browser: Browser, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const vite = await createServer({ root, logLevel: 'error', server: { port: 0 } });
  await vite.listen();
  const gallery = `${vite.resolvedUrls!.local[0]!}demo/gallery/index.html`;
  try {
    const pictures = SCENARIOS.flatMap(({ name }) =>
      ['desktop', 'phone'].flatMap((size) =>
        ['light', 'dark'].flatMap((theme) => ['ru', 'en'].map((locale) => ({ name, size, theme, locale }))),
      ),
    );
    const take = async ({ name, size, theme, locale }: (typeof pictures)[number]): Promise<void> => {
      const page = await (await browser.newContext(size === 'phone' ? PHONE : DESKTOP)).newPage();
      await page.goto(`${gallery}?state=${name}&theme=${theme}&locale=${locale}`);
      await page.locator('figure[data-played]').waitFor();
      await page.waitForTimeout(700);
      await page.screenshot({
        path: join(folder, `${name}-${size}-${theme}-${locale}.png`),
        animations: 'disabled',
      });
      await page.context().close();
    };
    const lanes = Array.from({ length: CONCURRENCY }, async (_, lane) => {
      for (let at = lane; at < pictures.length; at += CONCURRENCY) await take(pictures[at]!);
    });
    await Promise.all(lanes);
  } finally {
    await vite.close();
  }
}

const browser = await launchChromium();
try {
  await forReadme(browser);
  const folder = process.argv[2];
  if (folder) await ofEveryState(browser, folder);
} finally {
  await browser.close();
}
