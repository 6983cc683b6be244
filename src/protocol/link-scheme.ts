const BANK_INTENT =
  /^intent:\/\/[^#\s]+#Intent;scheme=bank\d{12};(?:package=[A-Za-z][\w.]*;)?(?:S\.browser_fallback_url=https%3A%2F%2F[^;\s]+;)?end$/;

/** Banks' apps do not accept longer links. */
export const LONGEST_LINK = 4_096;

/** A bank's scheme, and the schemes that Sber's apps have used. */
const APP_SCHEME =
  /^(?:bank\d{12}|sberpay|onlineios-app|startonline|onlineappmobile|budgetonline-ios|btripsexpenses|ios-app-smartonline):$/;

/** Returns true if the link opens SberPay in one of Sber's apps, and nothing else. */
export function isSberPayLink(link: string): boolean {
  return isAllowedLink(link) && !/^(?:https?|intent|bank\d{12}):$/.test(new URL(link).protocol);
}

/**
 * Parses the link as a browser does. Returns `null` for a relative or broken link, and for a link that parsers read
 * differently: with white space, control characters or credentials.
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

/** Returns true for an https address. Plain http is accepted when `httpOrigin` is omitted or is the address's origin. */
export function isWebAddress(link: unknown, httpOrigin?: string): link is string {
  const url = parse(link);
  if (url?.protocol === 'http:') return httpOrigin === undefined || url.origin === httpOrigin;
  return url?.protocol === 'https:';
}

/**
 * Returns true if the payer may tap the link: https, a bank's or SberPay's scheme, or an Android intent for a bank's
 * scheme. Plain http is allowed only to `companionOrigin` (a development companion on the local network).
 */
export function isAllowedLink(link: string, companionOrigin = ''): boolean {
  const scheme = parse(link)?.protocol ?? '';
  return scheme === 'intent:'
    ? BANK_INTENT.test(link)
    : APP_SCHEME.test(scheme) || isWebAddress(link, companionOrigin);
}
