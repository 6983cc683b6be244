import { isBankScheme } from '../../protocol/bank-link.ts';
import type { BankLink } from '../../protocol/banks.ts';
import { isAllowedLink } from '../../protocol/link-scheme.ts';
import { parseNspkLink } from '../../protocol/nspk-link.ts';

/** The placeholders of the payment's id and its query. The query includes its `?`, or is empty. */
const PLACEHOLDERS = /\{(QRC_ID|QUERY_STRING)\}/g;
const MAX_CHARS = 1_000;

/** A template must have a host. Its scheme is checked after filling the placeholders. */
const TEMPLATE = /^[a-z0-9-]+:\/\/[a-z0-9.-]+(?::\d+)?\/\S*$/i;
const SAMPLE = `https://qr.nspk.ru/${'A'.repeat(32)}?type=02&bank=100000000111&sum=100&cur=RUB&crc=0000`;

/** Returns a bank's link without the payment; `null` for text that does not become a link that a payer may open. */
export function parseTemplate(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_CHARS || !TEMPLATE.test(value)) return null;
  // Without the id the link would pay nothing; with an unknown placeholder it would be incomplete.
  const known = value.includes('{QRC_ID}') && !/[{}]/.test(value.replace(PLACEHOLDERS, ''));
  return known && fillTemplate(value, SAMPLE) && fillTemplate(value, SAMPLE.replace(/\?.*/, ''))
    ? value
    : null;
}

/**
 * Returns the bank's link for this payment, which keeps every byte of the payment link; `null` for a payment link that
 * is not NSPK's.
 */
export function fillTemplate(template: string, paymentLink: string): BankLink | null {
  const payment = parseNspkLink(paymentLink);
  if (payment?.kind !== 'qr' || paymentLink.includes('#')) return null;
  const query = paymentLink.includes('?') ? paymentLink.slice(paymentLink.indexOf('?')) : '';
  const url = template.replace(PLACEHOLDERS, (_, placeholder) =>
    placeholder === 'QRC_ID' ? payment.id : query,
  );
  const kind = kindOf(url);
  return kind && isAllowedLink(url) ? { kind, url } : null;
}

/** Returns the scheme of the bank's app in a template; `null` when it has none. */
export function schemeOf(template: string): string | null {
  const scheme = /^(bank\d+):|;scheme=(bank\d+);/.exec(template)?.slice(1).find(Boolean);
  return isBankScheme(scheme) ? scheme : null;
}

function kindOf(url: string): BankLink['kind'] | null {
  const { protocol } = URL.parse(url) ?? {};
  switch (protocol) {
    case 'https:':
      return 'web';
    case 'intent:':
      return 'intent';
    default:
      return isBankScheme(protocol?.slice(0, -1)) ? 'scheme' : null;
  }
}
