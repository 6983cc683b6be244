import type { FileMode } from '../lib/file-mode.ts';
import type { Platform } from '../../protocol/banks.ts';
import { CachedBankList, type BanksLog } from './cached-list.ts';
import { requestsOf, type BankListSource } from './list-source.ts';
import type { OutboundClient } from '../outbound/client.ts';
import { createLogoCache, type Logo } from './logos.ts';
import type { ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';

export interface BankDirectoryOptions {
  /** `null` to serve the built-in snapshot and to download nothing. */
  readonly source: BankListSource | null;
  /**
   * The file that keeps the last good list across restarts; with lists by platform, one file beside it for each.
   * Defaults to none.
   */
  readonly cacheFile?: string;
  /** The mode of that file. Defaults to `private`. */
  readonly fileMode?: FileMode;
  readonly log: BanksLog;
  readonly outbound: Pick<OutboundClient, 'configured'>;
  /** Returns Unix time, ms. Defaults to `Date.now`. */
  readonly now?: () => number;
  /** Returns 0 ≤ x < 1, to spread retries. Defaults to `Math.random`. */
  readonly random?: () => number;
  /** For one download of a list, to the last byte, ms. Defaults to 10,000. */
  readonly timeoutMs?: number;
}

export interface BankDirectory {
  /** Returns the banks that are known now. Never waits: a stale list is served while a new one is downloaded. */
  banks(platform: Platform): readonly ListedBank[];
  /** Returns the bank's logo; `null` for an unknown bank and when no logo can be loaded. Never rejects. */
  logo(bankId: string): Promise<Logo | null>;
  /** Resolves when no download of a list is in progress. Never rejects. */
  settled(): Promise<void>;
  /** Aborts everything in progress. The banks stay readable. */
  close(): void;
}

const TIMEOUT_MS = 10_000;

/**
 * The banks that pay by SBP. A list is refreshed when it is read, not by a timer: nothing keeps the process alive, and
 * a companion that nobody uses downloads nothing.
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
