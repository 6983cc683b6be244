const BANK_INTENT =
  /^intent:\/\/[^#\s]+#Intent;scheme=bank\d{12};(?:package=[A-Za-z][\w.]*;)?(?:S\.browser_fallback_url=https%3A%2F%2F[^;\s]+;)?end$/;

/** Longer ones are no links that a bank's app would take. */
export const LONGEST_LINK = 4_096;

/** Any bank's own scheme, and those that Sber's apps have had. */
const APP_SCHEME =
  /^(?:bank\d{12}|sberpay|onlineios-app|startonline|onlineappmobile|budgetonline-ios|btripsexpenses|ios-app-smartonline):$/;

/** Whether a link opens SberPay in one of Sber's apps, and nothing else. */
export function isSberPayLink(link: string): boolean {
  return isAllowedLink(link) && !/^(?:https?|intent|bank\d{12}):$/.test(new URL(link).protocol);
}

/**
 * The link as a browser reads it. `null` for what is relative or broken, and for what does not read the same to
 * everyone: white space and control characters, names and passwords.
 */
function parse(link: unknown): URL | null {
  if (typeof link !== 'string' || /[\s\u0000-\u001f\u007f]/.test(link)) return null;
  try {
    const url = new URL(link);
    return url.username || url.password ? null : url;
  } catch {
    return null;
  }
}

/** Whether it is an address of the web: https, and plain http where `httpOrigin` is none in particular or this one. */
export function isWebAddress(link: unknown, httpOrigin?: string): link is string {
  const url = parse(link);
  if (url?.protocol === 'http:') return httpOrigin === undefined || url.origin === httpOrigin;
  return url?.protocol === 'https:';
}

/**
 * Whether a link may be put where a payer can tap it: https, a bank's or SberPay's own scheme, or an Android intent
 * for a bank's scheme. Plain http only to `companionOrigin` (a development companion on the local network).
 */
export function isAllowedLink(link: string, companionOrigin = ''): boolean {
  const scheme = parse(link)?.protocol ?? '';
  return scheme === 'intent:'
    ? BANK_INTENT.test(link)
    : APP_SCHEME.test(scheme) || isWebAddress(link, companionOrigin);
}
