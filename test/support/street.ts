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
export function openStreet(env: Readonly<Record<string, string>> = {}): Street {
  const street = {} as { -readonly [Part in keyof Street]: Street[Part] };
  before(async () => {
    street.shop = await ShopPage.open();
    street.companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: street.shop.origin, ...env });
    street.browser = await launchChromium();
  });
  after(async () => {
    await street.browser.close();
    await street.companion.stop();
    await street.shop.close();
  });
  return street;
}
