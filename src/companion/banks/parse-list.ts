import { isBankScheme } from '../../protocol/bank-link.ts';

/** One bank of NSPK's public list, as far as it can be trusted. */
export interface ListedBank {
  /** The scheme the bank's app answers to, `bank` and 12 digits. Not derivable from any other id (VTB's is its own). */
  readonly id: string;
  /** Plain text for people. */
  readonly name: string;
  /** Where the list says the logo is; whether to go there is the reader's decision. */
  readonly logoUrl: string | null;
  /** The Android app the list knows of; about one entry in seven has none. */
  readonly packageName: string | null;
  /** The base of the bank's web client, where it is active and https. How a payment link is put on it is not specified. */
  readonly webUrl: string | null;
}

export interface ParsedList {
  /** In the list's own order: the largest first, which is not alphabetical. */
  readonly banks: readonly ListedBank[];
  /** Entries that could not be used. */
  readonly dropped: number;
}

/** A list this short is a broken one, whatever its form. */
export const FEWEST_BANKS = 20;

/** The list has about 190 entries; a much longer one is not the list. */
const MAX_ENTRIES = 2_000;
const MAX_NAME_CHARACTERS = 80;
const MAX_URL_CHARACTERS = 500;

/**
 * Reads NSPK's legacy list (`{version, dictionary: [{bankName, schema, …}]}`) entry by entry: one bad entry
 * costs that entry, never the list. Unknown fields are ignored, among them `isDrActive`, which is about
 * the digital rouble. Answers no banks at all for anything that is not such a list.
 */
export function parseBankList(value: unknown): ParsedList {
  const dictionary = asRecord(value)['dictionary'];
  const entries: readonly unknown[] = Array.isArray(dictionary) ? dictionary : [];
  const banks = new Map<string, ListedBank>();
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    const bank = parseEntry(entry);
    if (bank && !banks.has(bank.id)) banks.set(bank.id, bank);
  }
  return { banks: [...banks.values()], dropped: entries.length - banks.size };
}

function parseEntry(entry: unknown): ListedBank | null {
  const raw = asRecord(entry);
  const id = raw['schema'];
  const name = asName(raw['bankName']);
  if (!isBankScheme(id) || !name) return null;
  return {
    id,
    name,
    logoUrl: asUrl(raw['logoURL'], ['https:', 'http:']),
    packageName: asPackageName(raw['package_name']),
    webUrl: isActive(raw['isWebClientActive']) ? asUrl(raw['webClientUrl'], ['https:']) : null,
  };
}

/** The list writes the string `"true"` or nothing; a boolean would mean the same. */
function isActive(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Markup stays, as the text it is; what could break a line or turn the reading direction goes. */
function asName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value
    .slice(0, MAX_NAME_CHARACTERS * 4)
    .replace(/\s+/g, ' ')
    .replace(/\p{C}/gu, '')
    .trim();
  return Array.from(name).slice(0, MAX_NAME_CHARACTERS).join('').trim() || null;
}

function asPackageName(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z]\w*(?:\.\w+)+$/.test(value) && value.length <= 150
    ? value
    : null;
}

function asUrl(value: unknown, protocols: readonly string[]): string | null {
  if (typeof value !== 'string' || value.length > MAX_URL_CHARACTERS || !URL.canParse(value)) return null;
  const url = new URL(value);
  return protocols.includes(url.protocol) && !url.username && !url.password ? url.href : null;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
