import type { FileMode } from '../lib/file-mode.ts';
import type { OutboundClient } from '../outbound/client.ts';
import { failureReason } from '../outbound/failure-reason.ts';
import { download, UnusableResponse } from '../outbound/download.ts';
import { listFile } from './list-file.ts';
import type { ListRequest } from './list-source.ts';
import { FEWEST_BANKS, type ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';
import { backoffMs, jitteredMs, type Backoff } from '../lib/backoff.ts';

/** The part of the logger that the bank list uses. */
export interface BanksLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface CachedBankListOptions {
  /** The file that keeps the last good list across restarts; `null` for none. */
  readonly cacheFile: string | null;
  readonly fileMode: FileMode;
  readonly log: BanksLog;
  readonly outbound: Pick<OutboundClient, 'call'>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Returns 0 ≤ x < 1, to spread retries. */
  readonly random: () => number;
  /** For one download of the list, to the last byte, ms. */
  readonly timeoutMs: number;
  /** Aborts the download in progress. The banks stay readable. */
  readonly signal: AbortSignal;
}

/** NSPK asks clients to read its lists at most once a day. */
const FRESH_MS = 24 * 60 * 60_000;
const RETRY: Backoff = { firstMs: 60_000, longestMs: 60 * 60_000 };
/** The real list is about 70 kB. */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** One list of banks: the last good one, refreshed when it is read and a refresh is due. */
export class CachedBankList {
  readonly #request: ListRequest;
  readonly #options: CachedBankListOptions;
  #banks: readonly ListedBank[];
  #refreshing: Promise<void> | null = null;
  #refreshAt = -Infinity;
  #failures = 0;

  constructor(request: ListRequest, options: CachedBankListOptions) {
    this.#request = request;
    this.#options = options;
    this.#banks = this.#cache()?.load() ?? BANK_SNAPSHOT;
    this.#refreshWhenDue();
  }

  /** Returns at once: a stale list is served while a new one is downloaded. */
  banks(): readonly ListedBank[] {
    this.#refreshWhenDue();
    return this.#banks;
  }

  async settled(): Promise<void> {
    await this.#refreshing;
  }

  #cache() {
    const { cacheFile, fileMode } = this.#options;
    const { suffix, parse } = this.#request;
    return cacheFile === null ? null : listFile(cacheFile.replace(/(?=\.\w+$)|$/, suffix), parse, fileMode);
  }

  #refreshWhenDue(): void {
    const { signal, now } = this.#options;
    if (this.#refreshing || signal.aborted || now() < this.#refreshAt) return;
    this.#refreshing = this.#refresh().finally(() => {
      this.#refreshing = null;
    });
  }

  async #refresh(): Promise<void> {
    const { signal, now, random, log } = this.#options;
    try {
      this.#banks = await this.#fetch();
      this.#failures = 0;
      this.#refreshAt = now() + FRESH_MS;
    } catch (error) {
      if (signal.aborted) return;
      this.#refreshAt = now() + jitteredMs(backoffMs(this.#failures, RETRY), [1, 0.5], random);
      this.#failures++;
      const reason = failureReason(error);
      const { platforms } = this.#request;
      log.warn(
        { reason, failures: this.#failures, platforms },
        'bank list refresh failed, keeping the last good list',
      );
    }
  }

  async #fetch(): Promise<readonly ListedBank[]> {
    const { url, headers, maxRedirects, parse, platforms } = this.#request;
    const { outbound, timeoutMs, signal, log } = this.#options;
    const options = { timeoutMs, maxBytes: MAX_LIST_BYTES, maxRedirects, headers, signal };
    const body = await download(outbound, url, options);
    const list = parse(JSON.parse(body.toString('utf8')));
    if (list.banks.length < FEWEST_BANKS) {
      throw new UnusableResponse(`has only ${list.banks.length} usable entries`);
    }
    log.info({ banks: list.banks.length, dropped: list.dropped, platforms }, 'bank list refreshed');
    this.#save(body);
    return list.banks;
  }

  #save(body: Buffer): void {
    try {
      this.#cache()?.save(body);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'bank list not saved');
    }
  }
}
