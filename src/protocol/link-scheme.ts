const BANK_INTENT =
  /^intent:\/\/[^#\s]+#Intent;scheme=bank\d{12};(?:package=[A-Za-z][\w.]*;)?(?:S\.browser_fallback_url=https%3A%2F%2F[^;\s]+;)?end$/;

/** Any bank's own scheme, and those that Sber's apps have had. */
const APP_SCHEME =
  /^(?:bank\d{12}|sberpay|onlineios-app|startonline|onlineappmobile|budgetonline-ios|btripsexpenses|ios-app-smartonline):$/;

/** Whether a link opens SberPay in one of Sber's apps, and nothing else. */
export function isSberPayLink(link: string): boolean {
  return isAllowedLink(link) && !/^(?:https?|intent|bank\d{12}):$/.test(new URL(link).protocol);
}

/**
 * Whether a link may be put where a payer can tap it: https, a bank's or SberPay's own scheme, or an Android intent
 * for a bank's scheme. Plain http only to `companionOrigin` (a development companion on the local network).
 * Decided on the parsed URL, so that tabs, newlines and case tricks are seen as the browser would see them.
 */
export function isAllowedLink(link: string, companionOrigin?: string): boolean {
  if (/[\s\u0000-\u001f\u007f]/.test(link)) return false;
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return false; // a relative or broken link leads nowhere we know
  }
  if (url.username || url.password) return false;
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
