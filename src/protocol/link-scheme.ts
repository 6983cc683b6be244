const BANK_INTENT =
  /^intent:\/\/[^#\s]+#Intent;scheme=bank\d{12};(?:package=[A-Za-z][\w.]*;)?(?:S\.browser_fallback_url=https%3A%2F%2F[^;\s]+;)?end$/;

/** Any bank's own scheme, and those that Sber's apps have had. */
const APP_SCHEME =
  /^(?:bank\d{12}|sberpay|onlineios-app|startonline|onlineappmobile|budgetonline-ios|btripsexpenses|ios-app-smartonline):$/;

/**
 * Whether a link may be put where a payer can tap it: https, a bank's own scheme, or an Android intent for a
 * bank's scheme. Plain http only to `companionOrigin` (a development companion on the local network).
 */
export function isAllowedLink(link: string, companionOrigin?: string): boolean {
  const url = parsed(link);
  if (!url) return false;
  switch (url.protocol) {
    case 'https:':
      return true;
    case 'http:':
      return url.origin === companionOrigin;
    case 'intent:':
      return BANK_INTENT.test(link);
    default:
      return APP_SCHEME.test(url.protocol);
  }
}

/**
 * Whether a form may be posted there: https, and plain http only where the companion itself is on plain http
 * (development: the payment system's stand-in is another server beside it).
 */
export function isFormTarget(action: string, companionOrigin: string): boolean {
  const protocol = parsed(action)?.protocol;
  return protocol === 'https:' || (protocol === 'http:' && companionOrigin.startsWith('http:'));
}

/**
 * Decided on the parsed URL, so that tabs, newlines and case tricks are seen as the browser would see them; `null`
 * for what is broken, leads nowhere by itself, or hides its host behind a name and password.
 */
function parsed(link: string): URL | null {
  if (/[\s\u0000-\u001f\u007f]/.test(link)) return null;
  try {
    const url = new URL(link);
    return url.username || url.password ? null : url;
  } catch {
    return null; // a relative or broken link leads nowhere we know
  }
}
