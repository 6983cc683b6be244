import { isBankScheme } from '../../protocol/bank-link.ts';

/** One bank of a public list, as far as it can be trusted. */
export interface ListedBank {
  /** Ours: the scheme where it is known. */
  readonly id: string;
  /** What the bank's app answers to, `bank` and 12 digits. Not derivable from any other id (VTB's is its own). */
  readonly scheme: string | null;
  /** Plain text for people. */
  readonly name: string;
  /** Where the list says the logo is; whether to go there is the reader's decision. */
  readonly logoUrl: string | null;
  /** The Android app the list knows of; about one entry in seven has none. */
  readonly packageName: string | null;
  /** The base of the bank's web client, where it is active and https. How a payment link is put on it is not specified. */
  readonly webUrl: string | null;
  /** A ready link but for the payment, see link-template.ts; none in a list of schemes. */
  readonly template: string | null;
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
 * Reads NSPK's legacy list (`{version, dictionary: [{bankName, schema, …}]}`), or an SBP API's
 * (`{banks: [{name, scheme, …}]}`), entry by entry: one bad entry costs that entry, never the list. Unknown fields
 * are ignored, among them `isDrActive`, which is about the digital rouble. Answers no banks at all for anything that
 * is no such list.
 */
export function parseBankList(value: unknown): ParsedList {
  const { dictionary, banks } = asRecord(value);
  return Array.isArray(dictionary) ? bankEntries(dictionary, parseEntry) : bankEntries(banks, parseApiEntry);
}

/** The usable entries of a list, each bank once; whatever else comes in its place has none. */
export function bankEntries(
  list: unknown,
  parse: (raw: Readonly<Record<string, unknown>>) => ListedBank | null,
): ParsedList {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const banks = new Map<string, ListedBank>();
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    const bank = parse(asRecord(entry));
    if (bank && !banks.has(bank.id)) banks.set(bank.id, bank);
  }
  return { banks: [...banks.values()], dropped: entries.length - banks.size };
}

function parseEntry(raw: Readonly<Record<string, unknown>>): ListedBank | null {
  return asBank({
    scheme: raw['schema'],
    name: raw['bankName'],
    logoUrl: raw['logoURL'],
    packageName: raw['package_name'],
    webUrl: isActive(raw['isWebClientActive']) ? raw['webClientUrl'] : null,
  });
}

/** What another companion's merchant API lists; its logos are that companion's. */
function parseApiEntry(raw: Readonly<Record<string, unknown>>): ListedBank | null {
  return asBank({
    scheme: raw['scheme'],
    name: raw['name'],
    logoUrl: raw['logo_url'],
    packageName: raw['package_name'],
    webUrl: raw['web_url'],
  });
}

type RawBank = Readonly<Record<'scheme' | 'name' | 'logoUrl' | 'packageName' | 'webUrl', unknown>>;

function asBank(raw: RawBank): ListedBank | null {
  const name = asName(raw.name);
  if (!isBankScheme(raw.scheme) || !name) return null;
  return {
    id: raw.scheme,
    scheme: raw.scheme,
    name,
    logoUrl: asLogoUrl(raw.logoUrl),
    packageName: asPackageName(raw.packageName),
    webUrl: asUrl(raw.webUrl, ['https:']),
    template: null,
  };
}

/** The list writes the string `"true"` or nothing; a boolean would mean the same. */
function isActive(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Markup stays, as the text it is; what could break a line or turn the reading direction goes. */
export function asName(value: unknown): string | null {
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

export function asLogoUrl(value: unknown): string | null {
  return asUrl(value, ['https:', 'http:']);
}

function asUrl(value: unknown, protocols: readonly string[]): string | null {
  if (typeof value !== 'string' || value.length > MAX_URL_CHARACTERS || !URL.canParse(value)) return null;
  const url = new URL(value);
  return protocols.includes(url.protocol) && !url.username && !url.password ? url.href : null;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
