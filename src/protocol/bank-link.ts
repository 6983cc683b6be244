/** Links that open one bank's app on a payment link. Only the scheme changes: every other byte is the provider's. */

const BANK_SCHEME = /^bank\d{12}$/;

export function isBankScheme(scheme: unknown): scheme is string {
  return typeof scheme === 'string' && BANK_SCHEME.test(scheme);
}

/** `https://qr.nspk.ru/…` → `bank100000000004://qr.nspk.ru/…`; `null` when either side is not what it should be. */
export function bankSchemeLink(paymentLink: string, scheme: string): string | null {
  if (!isBankScheme(scheme) || !/^https?:\/\//.test(paymentLink)) return null;
  return paymentLink.replace(/^https?/, scheme);
}

/**
 * Android's intent form. Without a package name when the list has none; the browser falls back to the
 * payment link itself. `null` when the link holds a `#`, which would end the intent's address early.
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
