import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from './browser.ts';
import { CompanionProcess } from './companion-process.ts';
import { ShopPage } from './shop-page.ts';

/** What a whole-page test needs for the length of its file: a browser, a shop's page and a companion that lets it in. */
export interface Street {
  readonly browser: Browser;
  readonly shop: ShopPage;
  readonly companion: CompanionProcess;
}

/** To be called at the top of a file. What it answers is filled in before the first test, and gone after the last. */
export function openStreet(
  env: Readonly<Record<string, string>> = {},
  launch: () => Promise<Browser> = launchChromium,
): Street {
  const street = {} as { -readonly [Part in keyof Street]: Street[Part] };
  /** Of what has been started: the next may have failed to. */
  const stops: (() => Promise<void>)[] = [];
  before(async () => {
    const shop = (street.shop = await ShopPage.open());
    stops.push(() => shop.close());
    const companion = await CompanionProcess.start({
      ...env,
      SBP_ALLOWED_ORIGINS: [shop.origin, env['SBP_ALLOWED_ORIGINS'] ?? []].flat().join(),
    });
    street.companion = companion;
    stops.push(() => companion.stop());
    const browser = (street.browser = await launch());
    stops.push(() => browser.close());
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  return street;
}
