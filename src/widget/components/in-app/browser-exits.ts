import { addressAt } from '../../browser/endpoint.ts';
import {
  followsIntents,
  type InApp,
  type LinkOpener,
  type PageGlobals,
} from '../../browser/in-app-browser.ts';

/** Characters that need no escaping after `#` and cannot end a part of an intent. */
const PLAIN_TOKEN = /^[\w.~-]+$/;

/**
 * Returns the address of the companion's page for this payment, which any browser can open. The token stands after `#`, so
 * that no server and no log sees it. Returns `null` without an endpoint or a valid token.
 */
export function hostedPage(endpoint: URL | null, token: string | null): string | null {
  if (!endpoint || !token || !PLAIN_TOKEN.test(token)) return null;
  return `${addressAt(endpoint, 'pay')}#${token}`;
}

/** Returns an Android intent that opens an address of `hostedPage` in the payer's browser. */
export function browserIntent(page: string): string {
  const [scheme, rest] = page.split('://');
  const view = 'action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE';
  return `intent://${rest!}#Intent;scheme=${scheme!};${view};end`;
}

/** How one tap leaves this browser. */
export type BrowserExit =
  | { readonly kind: 'call'; readonly open: () => unknown }
  /** `apart` opens the intent in a separate frame, which takes the error page of an app that does not know intents. */
  | { readonly kind: 'intent'; readonly url: string; readonly apart: boolean };

/** Returns the exit for this browser, without the `broken` kinds, which have failed here. Returns `null` when only the app's menu is left. */
export function chooseExit(
  inApp: InApp,
  page: string,
  broken: ReadonlySet<BrowserExit['kind']> = new Set(),
  globals: PageGlobals = window,
): BrowserExit | null {
  const opener = broken.has('call') ? null : openerOf(inApp.app, globals);
  if (opener) return { kind: 'call', open: () => opener(page) };
  if (!followsIntents(inApp) || broken.has('intent')) return null;
  return { kind: 'intent', url: browserIntent(page), apart: inApp.app !== 'telegram' };
}

function openerOf(app: InApp['app'], globals: PageGlobals): ((url: string) => unknown) | null {
  try {
    const owner: LinkOpener | undefined =
      app === 'telegram' ? globals.Telegram?.WebApp : app === 'max' ? globals.WebApp : undefined;
    const open = owner?.openLink;
    return typeof open === 'function' ? (url) => (open as (url: string) => unknown).call(owner, url) : null;
  } catch {
    return null; // not the app's object
  }
}
