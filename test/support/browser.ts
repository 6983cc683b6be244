import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { watchAddress } from './address-scan.ts';
import { PATIENCE_MS } from './patience.ts';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Turns off Chrome's own network requests, many of which would fail on a closed network. Root cannot use Chrome's
 * sandbox.
 */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Returns the path of a Chromium-based browser: `CHROME_PATH`, an installed one, or Playwright's download. `null`
 * without one.
 */
export function findChromium(): string | null {
  const named = process.env['CHROME_PATH'];
  if (named) return named;
  return [...USUAL_PLACES, chromium.executablePath()].find((path) => path !== '' && existsSync(path)) ?? null;
}

/** `flags`: command-line switches for settings that a payer may have made at `chrome://flags`. */
export async function launchChromium(
  executablePath: string | null = findChromium(),
  flags: readonly string[] = [],
): Promise<Browser> {
  if (executablePath === null) throw new Error('no Chromium found: run "npm test" once, or set CHROME_PATH');
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS, ...flags] });
  browser.on('context', (context) => {
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('request', (request) => {
      watchAddress(request.url());
      watchAddress(request.headers()['referer'] ?? '');
    });
  });
  return browser;
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1100, height: 900 }, locale: 'ru-RU' };

/** An iPhone as a shop's page sees it: size, touch and User-Agent. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 3,
  isMobile: true,
  hasTouch: true,
  locale: 'ru-RU',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
};

/** An iPad in portrait orientation. */
export const TABLET: BrowserContextOptions = {
  viewport: { width: 834, height: 1112 },
  hasTouch: true,
  isMobile: true,
  locale: 'ru-RU',
  userAgent:
    'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
};
