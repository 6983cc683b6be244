import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { classOf, classOfHost, type AddressClass } from './address-class.ts';
import { AllowedHosts } from './allowed-hosts.ts';

/**
 * The address may not be called. The message does not contain the addresses of a name: merchants can read it in logs,
 * and could map our network with it.
 */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/** Returns all addresses of a host name, like `lookup` of node:dns. */
export type Resolve = (
  host: string,
  options: { all: true },
  done: (error: Error | null, addresses: LookupAddress[] | undefined) => void,
) => void;

export interface GuardOptions {
  /** Allows plain http and all but link-local addresses: the shop in the next container, a phone on the Wi-Fi. */
  readonly development: boolean;
  readonly resolve?: Resolve;
  /** Hosts that may be inside our own network and use plain http (`SBP_CALLBACK_HOSTS`). Defaults to none. */
  readonly allowedHosts?: readonly string[];
  /** Addresses from the configuration: their origins may be inside our own network. Defaults to none. */
  readonly configured?: readonly string[];
}

/**
 * Decides which addresses may be called: public servers, and what the operator has configured. Link-local addresses,
 * where clouds keep their metadata services, are never called.
 */
export class AddressGuard {
  readonly #development: boolean;
  readonly #resolve: Resolve;
  readonly #allowedHosts: AllowedHosts;
  readonly #configured: ReadonlySet<string>;

  constructor({ development, resolve = systemLookup, allowedHosts = [], configured = [] }: GuardOptions) {
    this.#development = development;
    this.#resolve = resolve;
    this.#allowedHosts = new AllowedHosts(allowedHosts);
    this.#configured = new Set(configured.map((address) => URL.parse(address)?.origin ?? ''));
  }

  /** True if the URL's origin is in the configuration. */
  isConfigured(url: URL): boolean {
    return this.#configured.has(url.origin);
  }

  /** True if the URL may lead into our own network, because the operator has configured its host. */
  isExempt(url: URL): boolean {
    return this.isConfigured(url) || this.#allowedHosts.has(url);
  }

  /**
   * Returns everything that is wrong with the URL as written; `null` for a good URL. Does not use DNS: the lookup of
   * the connection checks the addresses.
   */
  objection(address: string): string | null {
    const url = URL.parse(address);
    const scheme = `must be an ${this.#development ? 'http(s)' : 'https'} address`;
    if (!url) return scheme;
    const objections: string[] = [];
    if (!this.#takesScheme(url)) objections.push(scheme);
    if (url.username !== '' || url.password !== '') objections.push('must not contain credentials');
    const host = classOfHost(url.hostname);
    if (host === 'link-local') objections.push('must not lead to a link-local address');
    else if (host !== null && !this.#allows(host, this.isExempt(url))) {
      objections.push('must not lead to a private, local or reserved address');
    }
    return objections.length === 0 ? null : objections.join(' and ');
  }

  /** Throws {@link ForbiddenAddress} if {@link objection} finds a fault. */
  check(address: string): void {
    const objection = this.objection(address);
    if (objection !== null) throw new ForbiddenAddress(`the address ${objection}`);
  }

  /** {@link lookupFor} for URLs that are not exempt. */
  readonly lookup: LookupFunction = (host, options, done) => this.lookupFor(false)(host, options, done);

  /**
   * A lookup for `net.connect`. Resolves and checks in one step, so that the checked addresses are the ones connected
   * to. A name with one forbidden address among public ones is rejected: an honest name has none.
   */
  lookupFor(exempt: boolean): LookupFunction {
    return (host, options, done) => {
      this.#resolve(host, { ...options, all: true }, (error, addresses) => {
        const found = addresses ?? [];
        const [first] = found;
        if (error) {
          done(error, []);
        } else if (!first || !found.every(({ address }) => this.#allows(classOf(address), exempt))) {
          done(new ForbiddenAddress('the name leads to a private, local or reserved address'), []);
        } else if (options.all === true) {
          done(null, found);
        } else {
          done(null, first.address, first.family);
        }
      });
    };
  }

  #takesScheme(url: URL): boolean {
    if (url.protocol === 'https:') return true;
    return url.protocol === 'http:' && (this.#development || this.isExempt(url));
  }

  #allows(found: AddressClass, exempt: boolean): boolean {
    return found === 'public' || (found !== 'link-local' && (exempt || this.#development));
  }
}

/** Returns the fault of an address from the configuration; `null` for a good one. It may be inside our own network. */
export function objectionToConfigured(address: string, development: boolean): string | null {
  if (!development && URL.parse(address)?.protocol !== 'https:') return 'must be an https address';
  return new AddressGuard({ development, configured: [address] }).objection(address);
}
