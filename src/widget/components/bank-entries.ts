import type { Bank } from '../../protocol/banks.ts';
import { isAllowedLink } from '../../protocol/link-scheme.ts';

const NAME_LIMIT = 80;

/** What may be shown and tapped of a bank list, whoever it came from. Keeps its order: the largest first. */
export function readBanks(value: unknown, origin: string): Bank[] {
  const list = record(value)['banks'];
  return Array.isArray(list) ? list.flatMap((entry) => readBank(entry, origin)) : [];
}

function readBank(value: unknown, origin: string): Bank[] {
  const raw = record(value);
  const name = text(raw['name']).replace(/\s+/g, ' ').trim().slice(0, NAME_LIMIT);
  const links = Array.isArray(raw['links']) ? raw['links'].map((link) => text(record(link)['url'])) : [];
  const url = [text(raw['url']), ...links].find((link) => isAllowedLink(link, origin));
  if (!name || !url) return [];
  const logo = text(raw['logo_url']);
  const aliases = Array.isArray(raw['aliases']) ? raw['aliases'].map(text) : [];
  return [
    { id: text(raw['id']), name, logo_url: isLogo(logo, origin) ? logo : null, aliases, url, links: [] },
  ];
}

function isLogo(url: string, origin: string): boolean {
  try {
    const { protocol, origin: from } = new URL(url);
    return protocol === 'https:' || from === origin;
  } catch {
    return false; // relative or broken: the letter stands in
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
