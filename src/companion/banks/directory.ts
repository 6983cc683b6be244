import { fetchBounded, UnusableAnswer } from './bounded-fetch.ts';
import { createLogoCache, type Logo } from './logos.ts';
import { listCache } from './list-cache.ts';
import { FEWEST_BANKS, parseBankList, type ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';

/** Where the bank list comes from. */
export interface BankListSource {
  /** NSPK's public list, a copy of it, or an SBP API's `GET /banks`. */
  readonly url: string;
  /** Opens the list; `null` for one that is public. */
  readonly apiKey: string | null;
}

export interface BankDirectoryOptions {
  /** `null` serves the built-in snapshot and fetches nothing. */
  readonly source: BankListSource | null;
  /** Where the last good list is kept across restarts; not kept unless given. */
  readonly cacheFile?: string;
  readonly log: DirectoryLog;
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, spreads retries. Default `Math.random`. */
  readonly random?: () => number;
  /** For one fetch of the list, to the last byte. Default 10,000. */
  readonly timeoutMs?: number;
}

/** The part of pino's logger that is used. */
export interface DirectoryLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface BankDirectory {
  /** The banks as far as known now. Never waits: a stale list is served while a fresh one is fetched. */
  banks(): readonly ListedBank[];
  /** The bank's logo; `null` for an unknown bank and where none can be had. Never rejects. */
  logo(bankId: string): Promise<Logo | null>;
  /** Settles when no fetch of the list is under way (at once when none is). Never rejects. */
  settled(): Promise<void>;
  /** Aborts what is under way. The banks stay readable. */
  close(): void;
}

/** NSPK asks to read the list no more often than daily. */
const FRESH_MS = 24 * 60 * 60_000;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 60 * 60_000;
const TIMEOUT_MS = 10_000;
/** The real list is about 70 kB. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/**
 * The banks that pay by SBP. Freshness is checked when someone asks, not by a timer: nothing keeps the process
 * alive, and a companion nobody uses fetches nothing.
 */
export function createBankDirectory(options: BankDirectoryOptions): BankDirectory {
  const { source, log, fetch = globalThis.fetch, now = Date.now, random = Math.random } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const closing = new AbortController();
  const logos = source
    ? createLogoCache({ origin: new URL(source.url).origin, fetch, now, signal: closing.signal })
    : null;
  const cache = options.cacheFile === undefined ? null : listCache(options.cacheFile);
  let banks = cache?.load() ?? BANK_SNAPSHOT;
  let refreshing: Promise<void> | null = null;
  let refreshAt = -Infinity;
  let failures = 0;

  async function fetchBanks({ url, apiKey }: BankListSource): Promise<readonly ListedBank[]> {
    const secret = apiKey !== null;
    const body = await fetchBounded(fetch, url, {
      timeoutMs,
      maxBytes: MAX_LIST_BYTES,
      maxRedirects: secret ? 0 : MAX_REDIRECTS,
      headers: secret ? { authorization: `Bearer ${apiKey}` } : {},
      signal: closing.signal,
    });
    const list = parseBankList(JSON.parse(body.toString('utf8')));
    if (list.banks.length < FEWEST_BANKS) {
      throw new UnusableAnswer(`has only ${list.banks.length} usable entries`);
    }
    log.info({ banks: list.banks.length, dropped: list.dropped }, 'bank list refreshed');
    keep(body);
    return list.banks;
  }

  function keep(body: Buffer): void {
    try {
      cache?.save(body);
    } catch (error) {
      log.warn({ err: error }, 'the bank list could not be kept for the next start');
    }
  }

  async function refresh(from: BankListSource): Promise<void> {
    try {
      banks = await fetchBanks(from);
      failures = 0;
      refreshAt = now() + FRESH_MS;
    } catch (error) {
      if (closing.signal.aborted) return;
      const delay = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
      failures++;
      // Between half and the whole of it: many companions that failed together don't come back together.
      refreshAt = now() + delay * (1 - random() / 2);
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason, failures }, 'bank list not refreshed, the last good one stays');
    }
  }

  function refreshWhenDue(): void {
    if (!source || refreshing || closing.signal.aborted || now() < refreshAt) return;
    refreshing = refresh(source).finally(() => {
      refreshing = null;
    });
  }

  refreshWhenDue();

  return {
    banks() {
      refreshWhenDue();
      return banks;
    },
    async logo(bankId) {
      const logoUrl = banks.find((bank) => bank.id === bankId)?.logoUrl;
      if (!logoUrl || !logos || closing.signal.aborted) return null;
      return logos.get(logoUrl);
    },
    async settled() {
      await refreshing;
    },
    close() {
      closing.abort();
    },
  };
}
