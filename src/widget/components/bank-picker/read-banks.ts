import type { Bank, BankLink } from '../../../protocol/banks.ts';
import { isAllowedLink, isWebAddress, LONGEST_LINK } from '../../../protocol/link-scheme.ts';

/** NSPK's list has about 200 banks. Nobody could choose from a much longer list. */
const MOST_BANKS = 500;
const MOST_ALIASES = 20;
const MOST_LINKS = 5;
const LONGEST_NAME = 80;

/** Returns the banks of an untrusted list that are safe to show and tap, in the list's order (the largest first). */
export function readBanks(value: unknown, origin: string): Bank[] {
  const list = array(record(value)['banks'], MOST_BANKS);
  return list.flatMap((entry) => readBank(entry, origin));
}

function readBank(value: unknown, origin: string): Bank[] {
  const raw = record(value);
  const name = readName(raw['name']);
  const links = array(raw['links'], MOST_LINKS).flatMap((link): BankLink[] => {
    const { kind, url } = record(link);
    const known = kind === 'scheme' || kind === 'intent' ? kind : 'web';
    return isTappable(url, origin) ? [{ kind: known, url }] : [];
  });
  const url = isTappable(raw['url'], origin) ? raw['url'] : links[0]?.url;
  if (!name || !url) return [];
  if (!links.some((link) => link.url === url)) links.unshift({ kind: 'web', url });
  const logo = raw['logo_url'];
  const aliases = array(raw['aliases'], MOST_ALIASES).map(readName).filter(Boolean);
  return [
    {
      id: text(raw['id']),
      name,
      logo_url: isWebAddress(logo, origin) ? logo : null,
      aliases,
      url,
      links: links.slice(0, MOST_LINKS),
    },
  ];
}

/** Cuts the text first, so that the expression does not run over 10 kB. */
function readName(value: unknown): string {
  return text(value)
    .slice(0, LONGEST_NAME * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME);
}

function isTappable(url: unknown, origin: string): url is string {
  return typeof url === 'string' && url.length <= LONGEST_LINK && isAllowedLink(url, origin);
}

function array(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
