import { isIP } from 'node:net';
import { AddressRanges, isAddressRange } from './ip-ranges.ts';
import { classOfHost } from './address-class.ts';

/** The proxies for outgoing calls, as URLs. They may contain credentials: never log them unchanged. */
export interface ProxySettings {
  /** For https addresses; `null` for no proxy. */
  readonly https: string | null;
  /** For plain-http addresses; `null` for no proxy. */
  readonly http: string | null;
  /** The entries of `NO_PROXY`: `host`, `.suffix`, `*.suffix`, `host:port`, an address, a CIDR range, `*`. */
  readonly exceptions: readonly string[];
}

export const NO_PROXIES: ProxySettings = { https: null, http: null, exceptions: [] };

/** Returns the value of a variable; `null` when it is unset or empty. */
type Read = (name: string) => string | null;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. The lower-case spelling wins, as in curl. A mistake names the
 * variable and never its value, which may contain a password.
 */
export function readProxies(read: Read, mistake: (text: string) => void): ProxySettings {
  const either = (name: string) => read(name.toLowerCase()) ?? read(name);
  const proxy = (name: string): string | null => {
    const value = either(name);
    if (value === null) return null;
    const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
    if (url && /^https?:$/.test(url.protocol) && url.hostname !== '') return url.href;
    mistake(`${name} must be the address of an http(s) proxy, such as http://proxy.example:3128`);
    return null;
  };
  const exceptions = (either('NO_PROXY') ?? '').split(/[,\s]+/).filter((entry) => entry !== '');
  return { https: proxy('HTTPS_PROXY'), http: proxy('HTTP_PROXY'), exceptions };
}

/** Returns the proxy for an address; `null` for no proxy. Calls to this machine never use a proxy. */
export function proxyFor(url: URL, { https, http, exceptions }: ProxySettings): string | null {
  const proxy = url.protocol === 'https:' ? https : http;
  if (proxy === null || classOfHost(url.hostname) === 'loopback') return null;
  return exceptions.some((entry) => matches(url, entry.toLowerCase())) ? null : proxy;
}

/** Returns a proxy's address for display, without its credentials. */
export function shownProxy(proxy: string): string {
  return new URL(proxy).origin;
}

function matches(url: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isAddressRange(entry)) return isIP(host) !== 0 && new AddressRanges([entry]).has(host);
  const [, name = entry, port] = /^(.+?):(\d+)$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || defaultPort(url))) return false;
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '');
  return host === bare || host.endsWith(`.${bare}`);
}

function defaultPort({ protocol }: URL): string {
  return protocol === 'https:' ? '443' : '80';
}
