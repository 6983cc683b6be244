import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from './browser.ts';
import { CompanionProcess } from './companion-process.ts';
import { ShopPage } from './shop-page.ts';

/**
 * The parts that a whole-page test shares for all its tests: a browser, a shop's page, and a companion that allows it.
 */
export interface Street {
  readonly browser: Browser;
  readonly shop: ShopPage;
  readonly companion: CompanionProcess;
}

/**
 * Call this at the top of a file. The returned object has its parts from before the first test until after the last.
 */
export function openStreet(
  env: Readonly<Record<string, string>> = {},
  launch: () => Promise<Browser> = launchChromium,
): Street {
  const street = {} as { -readonly [Part in keyof Street]: Street[Part] };
  /** Stops only the started parts, because a later start may fail. */
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
