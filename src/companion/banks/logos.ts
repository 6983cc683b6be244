import type { OutboundClient } from '../outbound/client.ts';
import { download } from '../outbound/download.ts';

export interface Logo {
  readonly type: 'image/png' | 'image/webp' | 'image/jpeg';
  readonly bytes: Buffer;
}

export interface LogoCacheOptions {
  /** Only logos from these origins are loaded, so that a list entry cannot send us to other hosts. */
  readonly origins: readonly string[];
  readonly outbound: Pick<OutboundClient, 'call'>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface LogoCache {
  /** Returns the logo; `null` when there is none that can be shown. Never rejects. */
  get(url: string): Promise<Logo | null>;
}

const KEPT_MS = 24 * 60 * 60_000;
const MISSING_KEPT_MS = 15 * 60_000;
const TIMEOUT_MS = 5_000;
const MAX_LOGO_BYTES = 200_000;
/** Enough for the whole list at its usual few kB each. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
const MAX_CACHE_ENTRIES = 1_000;
/** A phone requests a page of logos at once; the limit spares the list's host. */
const MAX_CONCURRENT = 6;

interface Entry {
  readonly logo: Promise<Logo | null>;
  bytes: number;
  expiresAt: number;
}

/** Caches the requested logos. The least recently used one is dropped first. */
export function createLogoCache({ origins, outbound, now, signal }: LogoCacheOptions): LogoCache {
  const entries = new Map<string, Entry>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let totalBytes = 0;

  async function acquireSlot(): Promise<void> {
    if (running < MAX_CONCURRENT) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function releaseSlot(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  async function load(url: string): Promise<Logo | null> {
    await acquireSlot();
    try {
      const options = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_LOGO_BYTES, maxRedirects: 0, signal };
      const bytes = await download(outbound, url, options);
      const type = imageType(bytes);
      return type && { type, bytes };
    } catch {
      return null; // a missing logo is not an error: the page draws the bank's first letter
    } finally {
      releaseSlot();
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

/** Reads the type from the bytes, because a declared type can be wrong. No SVG: it can contain scripts. */
function imageType(bytes: Buffer): Logo['type'] | null {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return null;
}
