/** How the link of a bank opens in the browser at hand. */

import { inAppBrowser } from './in-app-browser.ts';
import { outOfFrame } from './link-target.ts';

/**
 * Whether a tap must not be followed here: an Android WebView that does not know a scheme puts an error page in the
 * place of this one. On iOS such a tap does nothing.
 */
export function mustHold(url: string): boolean {
  return !isWeb(url) && inAppBrowser()?.platform === 'android';
}

/** A web address opens beside the checkout; an app's scheme leaves the page where it is. */
function isWeb(url: string): boolean {
  return /^https?:/.test(url);
}

/**
 * Where a bank's link opens. Schemes out of a frame, which browsers do not let it follow by itself; pages in a tab of
 * their own, but for apps' browsers, which have none.
 */
export function targetOf(url: string): '_blank' | '_top' | null {
  if (isWeb(url) && !inAppBrowser()) return '_blank';
  return outOfFrame();
}
