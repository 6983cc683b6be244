import type { OutboundClient } from '../outbound/client.ts';
import { download } from '../outbound/download.ts';

export interface Logo {
  readonly type: 'image/png' | 'image/webp' | 'image/jpeg';
  readonly bytes: Buffer;
}

export interface LogoCacheOptions {
  /** Only logos of these are fetched, so that a list entry can't point us at other hosts. */
  readonly origins: readonly string[];
  readonly outbound: Pick<OutboundClient, 'call'>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface LogoCache {
  /** `null`: there is none that could be shown. Never rejects. */
  get(url: string): Promise<Logo | null>;
}

const KEPT_MS = 24 * 60 * 60_000;
const MISSING_KEPT_MS = 15 * 60_000;
const TIMEOUT_MS = 5_000;
const MAX_LOGO_BYTES = 200_000;
/** Room for the whole list at its usual few kB each, and for no more than that. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
const MAX_CACHE_ENTRIES = 1_000;
/** A phone shows a page of logos at once; the list's host need not feel that. */
const MAX_CONCURRENT = 6;

interface Entry {
  readonly logo: Promise<Logo | null>;
  bytes: number;
  expiresAt: number;
}

/** Keeps the logos that were asked for, the least recently used ones going first. */
export function createLogoCache({ origins, outbound, now, signal }: LogoCacheOptions): LogoCache {
  const entries = new Map<string, Entry>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let totalBytes = 0;

  async function takeTurn(): Promise<void> {
    if (running < MAX_CONCURRENT) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function passTurn(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  async function load(url: string): Promise<Logo | null> {
    await takeTurn();
    try {
      const bounds = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_LOGO_BYTES, maxRedirects: 0, signal };
      const bytes = await download(outbound, url, bounds);
      const type = imageType(bytes);
      return type && { type, bytes };
    } catch {
      return null; // a missing logo is no fault: the page draws the bank's first letter
    } finally {
      passTurn();
    }
  }

  function forget(url: string): void {
    totalBytes -= entries.get(url)?.bytes ?? 0;
    entries.delete(url);
  }

  function add(url: string): Entry {
    const entry: Entry = { logo: load(url), bytes: 0, expiresAt: Infinity };
    entries.set(url, entry);
    void entry.logo.then((logo) => {
      entry.expiresAt = now() + (logo ? KEPT_MS : MISSING_KEPT_MS);
      if (entries.get(url) !== entry) return;
      entry.bytes = logo?.bytes.byteLength ?? 0;
      totalBytes += entry.bytes;
      for (const oldest of entries.keys()) {
        if (totalBytes <= MAX_CACHE_BYTES && entries.size <= MAX_CACHE_ENTRIES) break;
        forget(oldest);
      }
    });
    return entry;
  }

  return {
    async get(url) {
      if (!URL.canParse(url) || !origins.includes(new URL(url).origin)) return null;
      const known = entries.get(url);
      if (known && known.expiresAt > now()) {
        entries.delete(url);
        entries.set(url, known);
        return known.logo;
      }
      forget(url);
      return add(url).logo;
    },
  };
}

/** By the bytes themselves, since a declared type can lie. No SVG: it can carry script. */
function imageType(bytes: Buffer): Logo['type'] | null {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return null;
}
