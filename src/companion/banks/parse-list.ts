import { isBankScheme } from '../../protocol/bank-link.ts';

/** One bank of a public list, with only what passed the checks. */
export interface ListedBank {
  /** Our id: the scheme, where it is known. */
  readonly id: string;
  /**
   * The scheme of the bank's app, `bank` and 12 digits. It cannot be derived from another id (VTB's differs). `null`
   * when it is not known.
   */
  readonly scheme: string | null;
  /** Plain text. */
  readonly name: string;
  /** The logo's address in the list; the caller decides if it may be loaded. `null` when there is none. */
  readonly logoUrl: string | null;
  /** The bank's Android app; `null` for about one entry in seven. */
  readonly packageName: string | null;
  /**
   * The base address of the bank's web client, if active and https. No document says how a payment link is added to it.
   */
  readonly webUrl: string | null;
  /** The bank's link without the payment: see link-template.ts. `null` in a list of schemes. */
  readonly template: string | null;
}

export interface ParsedList {
  /** In the order of the list: the largest first, not alphabetical. */
  readonly banks: readonly ListedBank[];
  /** The number of entries that could not be used. */
  readonly dropped: number;
}

/** A shorter list is a broken one. */
export const FEWEST_BANKS = 20;

/** The list has about 190 entries; a much longer one is something else. */
const MAX_ENTRIES = 2_000;
const MAX_NAME_CHARACTERS = 80;
const MAX_URL_CHARACTERS = 500;

/**
 * Reads NSPK's legacy list (`{version, dictionary: [{bankName, schema, …}]}`) or an SBP API's (`{banks: [{name, scheme,
 * …}]}`). A bad entry is dropped; the rest of the list stays. Unknown fields are ignored, such as `isDrActive`, which
 * is about the digital rouble. Returns no banks for any other value.
 */
export function parseBankList(value: unknown): ParsedList {
  const { dictionary, banks } = asRecord(value);
  return Array.isArray(dictionary) ? bankEntries(dictionary, parseEntry) : bankEntries(banks, parseApiEntry);
}

/** Returns the usable entries of a list, each bank once; no entries for a value that is not an array. */
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

/** An entry of another companion's merchant API. Its logo is served by that companion. */
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

/** The list contains the string `"true"` or nothing; a boolean is accepted as well. */
function isActive(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Markup stays as plain text. Characters that break a line or change the reading direction are removed. */
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
