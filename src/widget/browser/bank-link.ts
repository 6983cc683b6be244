/** How this browser opens a bank's link. */

import { inAppBrowser } from './in-app-browser.ts';
import { linkTarget } from './link-target.ts';

/**
 * Returns true if the browser must not follow the link: an Android WebView that does not know a scheme replaces the page by
 * an error page. On iOS such a tap does nothing.
 */
export function isUnsafeToFollow(url: string): boolean {
  return !isWeb(url) && inAppBrowser()?.platform === 'android';
}

function isWeb(url: string): boolean {
  return /^https?:/.test(url);
}

/**
 * Returns the `target` of a bank's link. A web bank opens in a new tab, except in in-app browsers, which have no tabs. A
 * scheme opens in the top window, because browsers do not let a frame follow a scheme.
 */
export function bankLinkTarget(url: string): '_blank' | '_top' | null {
  if (isWeb(url) && !inAppBrowser()) return '_blank';
  return linkTarget();
}
