/** Builds links that open a payment link in one bank's app. Only the scheme changes; every other byte stays as the provider sent it. */

const BANK_SCHEME = /^bank\d{12}$/;

export function isBankScheme(scheme: unknown): scheme is string {
  return typeof scheme === 'string' && BANK_SCHEME.test(scheme);
}

/** `https://qr.nspk.ru/…` → `bank100000000004://qr.nspk.ru/…`. Returns `null` when the link is not http(s) or the scheme is not a bank's. */
export function bankSchemeLink(paymentLink: string, scheme: string): string | null {
  if (!isBankScheme(scheme) || !/^https?:\/\//.test(paymentLink)) return null;
  return paymentLink.replace(/^https?/, scheme);
}

/**
 * Returns the link as an Android intent, without a package name when the list has none. The browser falls back to the
 * payment link. Returns `null` when the link contains `#`, which would end the intent's address early.
 */
export function bankIntentLink(
  paymentLink: string,
  scheme: string,
  packageName: string | null,
): string | null {
  if (!isBankScheme(scheme) || !/^https:\/\/[^#]+$/.test(paymentLink)) return null;
  const target =
    packageName !== null && /^[A-Za-z][\w.]*$/.test(packageName) ? `package=${packageName};` : '';
  return (
    paymentLink.replace(/^https/, 'intent') +
    `#Intent;scheme=${scheme};${target}S.browser_fallback_url=${encodeURIComponent(paymentLink)};end`
  );
}
