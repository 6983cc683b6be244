import { isBankScheme } from '../../protocol/bank-link.ts';
import type { BankLink } from '../../protocol/banks.ts';
import { isAllowedLink } from '../../protocol/link-scheme.ts';
import { parseNspkLink } from '../../protocol/nspk-link.ts';

/** Where a payment's id and its query (with its `?`, or nothing) go. */
const PLACES = /\{(QRC_ID|QUERY_STRING)\}/g;
const LONGEST = 1_000;

/** A scheme that is none of ours is found out by filling the places; a host must be there without. */
const SHAPE = /^[a-z0-9-]+:\/\/[a-z0-9.-]+(?::\d+)?\/\S*$/i;
const SAMPLE = `https://qr.nspk.ru/${'A'.repeat(32)}?type=02&bank=100000000111&sum=100&cur=RUB&crc=0000`;

/** A link into a bank that lacks the payment; `null` for what does not become a link that a payer may be given. */
export function parseTemplate(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > LONGEST || !SHAPE.test(value)) return null;
  // Without its id it would pay nothing; with another place it would not be whole.
  const known = value.includes('{QRC_ID}') && !/[{}]/.test(value.replace(PLACES, ''));
  return known && fillTemplate(value, SAMPLE) && fillTemplate(value, SAMPLE.replace(/\?.*/, ''))
    ? value
    : null;
}

/** The link into the bank for this payment, which keeps every byte; `null` where the payment link is not NSPK's. */
export function fillTemplate(template: string, paymentLink: string): BankLink | null {
  const payment = parseNspkLink(paymentLink);
  if (payment?.kind !== 'qr' || paymentLink.includes('#')) return null;
  const query = paymentLink.includes('?') ? paymentLink.slice(paymentLink.indexOf('?')) : '';
  const url = template.replace(PLACES, (_, place) => (place === 'QRC_ID' ? payment.id : query));
  const kind = kindOf(url);
  return kind && isAllowedLink(url) ? { kind, url } : null;
}

/** The scheme that a bank's app answers to, where its link is made of it. */
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
