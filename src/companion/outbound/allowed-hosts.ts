import { classOfHost } from './address-class.ts';

/** Hosts inside the merchant's own network that a `callback_url` may name: `host` (any port) or `host:port`. */
export class AllowedHosts {
  readonly #entries: ReadonlySet<string>;

  constructor(entries: readonly string[]) {
    this.#entries = new Set(entries.map((entry) => hostOf(entry)?.toLowerCase() ?? ''));
  }

  has(url: URL): boolean {
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return this.#entries.has(url.hostname) || this.#entries.has(`${url.hostname}:${port}`);
  }
}

/** Returns the fault of an entry; `null` for a good one. */
export function objectionToHost(entry: string): string | null {
  const host = hostOf(entry);
  if (host === null)
    return `"${entry}" is no host: list exact names, such as shop.internal or shop.internal:8080`;
  if (classOfHost(host.replace(/:\d+$/, '')) === 'link-local')
    return `"${entry}" is link-local: it is never called`;
  return null;
}

/** Returns the host in the spelling of `URL`, with the port of the entry; `null` for text that is not a bare host. */
function hostOf(entry: string): string | null {
  const url = URL.parse(`http://${entry}`);
  if (!url || !/^(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}_.-]+)(?::\d{1,5})?$/iu.test(entry)) return null;
  const port = /:(\d+)$/.exec(entry.replace(/^\[.*\]/, ''))?.[1];
  return port === undefined ? url.hostname : `${url.hostname}:${Number(port)}`;
}
