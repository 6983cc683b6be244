import type { FileMode } from '../lib/file-mode.ts';
import type { Platform } from '../../protocol/banks.ts';
import { CachedBankList, type BanksLog } from './cached-list.ts';
import { requestsOf, type BankListSource } from './list-source.ts';
import type { OutboundClient } from '../outbound/client.ts';
import { createLogoCache, type Logo } from './logos.ts';
import type { ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';

export interface BankDirectoryOptions {
  /** `null` serves the built-in snapshot and fetches nothing. */
  readonly source: BankListSource | null;
  /** Where the last good list is kept across restarts, one for each platform beside it; not kept unless given. */
  readonly cacheFile?: string;
  /** The mode of that file. Defaults to `private`. */
  readonly fileMode?: FileMode;
  readonly log: BanksLog;
  readonly outbound: Pick<OutboundClient, 'configured'>;
  /** Milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** 0 ≤ x < 1, spreads retries. Default `Math.random`. */
  readonly random?: () => number;
  /** For one fetch of the list, to the last byte. Default 10,000. */
  readonly timeoutMs?: number;
}

export interface BankDirectory {
  /** The banks as far as known now. Never waits: a stale list is served while a fresh one is fetched. */
  banks(platform: Platform): readonly ListedBank[];
  /** The bank's logo; `null` for an unknown bank and where none can be had. Never rejects. */
  logo(bankId: string): Promise<Logo | null>;
  /** Settles when no fetch of a list is under way (at once when none is). Never rejects. */
  settled(): Promise<void>;
  /** Aborts what is under way. The banks stay readable. */
  close(): void;
}

const TIMEOUT_MS = 10_000;

/**
 * The banks that pay by SBP. Freshness is checked when someone asks, not by a timer: nothing keeps the process
 * alive, and a companion nobody uses fetches nothing.
 */
export function createBankDirectory(options: BankDirectoryOptions): BankDirectory {
  const { source, log, now = Date.now, random = Math.random } = options;
  const { timeoutMs = TIMEOUT_MS, cacheFile = null, fileMode = 'private' } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const outbound = options.outbound.configured(source ? [source.url, ...source.logoOrigins] : []);
  const logos = source
    ? createLogoCache({
        origins: [new URL(source.url).origin, ...source.logoOrigins],
        outbound,
        now,
        signal,
      })
    : null;
  const lists = (source ? requestsOf(source) : []).map((request) => ({
    platforms: request.platforms,
    list: new CachedBankList(request, { cacheFile, fileMode, log, outbound, now, random, timeoutMs, signal }),
  }));

  return {
    banks(platform) {
      return lists.find(({ platforms }) => platforms.includes(platform))?.list.banks() ?? BANK_SNAPSHOT;
    },
    async logo(bankId) {
      if (!logos || signal.aborted) return null;
      const banks = lists.map(({ list }) => list.banks().find(({ id }) => id === bankId));
      const logoUrl = banks.find((bank) => bank?.logoUrl)?.logoUrl;
      return logoUrl ? logos.get(logoUrl) : null;
    },
    async settled() {
      await Promise.all(lists.map(({ list }) => list.settled()));
    },
    close() {
      closing.abort();
    },
  };
}
