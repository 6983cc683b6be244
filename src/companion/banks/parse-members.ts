import { createHash } from 'node:crypto';
import type { Platform } from '../../protocol/banks.ts';
import { asLogoUrl, asName, asRecord, bankEntries, type ListedBank, type ParsedList } from './parse-list.ts';
import { parseTemplate, schemeOf } from './link-template.ts';

/**
 * Reads the official widget API's `{version, platform, type, members: [{id?, name, logo, url}]}` (v1 has no `id`),
 * where `url` is a template. A bad entry is dropped, as in {@link ./parse-list.ts}. Returns no banks for another
 * platform's list.
 */
export function parseMembers(value: unknown, platform: Platform): ParsedList {
  const list = asRecord(value);
  const stated = list['platform'];
  const members = typeof stated === 'string' && stated.toLowerCase() !== platform ? null : list['members'];
  return bankEntries(members, parseMember);
}

function parseMember(raw: Readonly<Record<string, unknown>>): ListedBank | null {
  const name = asName(raw['name']);
  const template = parseTemplate(raw['url']);
  if (!name || !template) return null;
  const scheme = schemeOf(template);
  return {
    // The scheme, if there is one: a payer's last used bank then survives a change of the list.
    id: scheme ?? `member-${memberId(raw['id']) ?? digest(name)}`,
    scheme,
    name,
    logoUrl: asLogoUrl(raw['logo']),
    packageName: null,
    webUrl: null,
    template,
  };
}

function memberId(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,40}$/.test(value) ? value : null;
}

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12);
}
