import { addressAt } from '../../browser/endpoint.ts';
import {
  followsIntents,
  type InApp,
  type LinkOpener,
  type PageGlobals,
} from '../../browser/in-app-browser.ts';

/** Letters that need no escaping behind a `#` and can end no part of an intent. */
const PLAIN_TOKEN = /^[\w.~-]+$/;

/**
 * The companion's page for this payment, which any browser can open. The token stays behind the `#`: no server and no
 * log sees it. `null` when there is none.
 */
export function hostedPage(endpoint: URL | null, token: string | null): string | null {
  if (!endpoint || !token || !PLAIN_TOKEN.test(token)) return null;
  return `${addressAt(endpoint, 'pay')}#${token}`;
}

/** Android's way to hand a page to the payer's browser, for an address of `hostedPage`. */
export function browserIntent(page: string): string {
  const [scheme, rest] = page.split('://');
  const view = 'action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE';
  return `intent://${rest!}#Intent;scheme=${scheme!};${view};end`;
}

/** How this browser can be left by one tap. `null`: only by its own menu. */
export type BrowserExit =
  | { readonly kind: 'call'; readonly open: () => unknown }
  /** `apart`: in a frame of its own, where an app that does not know intents puts its error page. */
  | { readonly kind: 'intent'; readonly url: string; readonly apart: boolean };

/** `broken`: what was tried here, and did not work. */
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
