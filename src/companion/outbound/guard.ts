import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { classOf, classOfHost, type AddressClass } from './addresses.ts';

/**
 * The address is not one that anyone else may make us call. Its message never tells what a name resolved to: it ends
 * in logs that merchants read, and would let them map the network behind us.
 */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/** Answers every address of a host name; node:dns's `lookup` unless a test knows better. */
export type Resolve = (
  host: string,
  options: { all: true },
  done: (error: Error | null, addresses: LookupAddress[] | undefined) => void,
) => void;

export interface GuardOptions {
  /** Allows plain http and any address: the shop in the next container, the phone's Wi-Fi. */
  readonly development: boolean;
  readonly resolve?: Resolve;
}

/** Decides whom a URL that someone else gave us may lead to. */
export class AddressGuard {
  readonly #development: boolean;
  readonly #resolve: Resolve;

  constructor({ development, resolve = systemLookup }: GuardOptions) {
    this.#development = development;
    this.#resolve = resolve;
  }

  /**
   * All that is wrong with the URL as it is written, or `null`. DNS is not asked: that is `lookup`'s, at the connect.
   */
  objection(address: string): string | null {
    const url = URL.parse(address);
    const schemes = this.#development ? ['https:', 'http:'] : ['https:'];
    const scheme = `must be an ${this.#development ? 'http(s)' : 'https'} address`;
    if (!url) return scheme;
    const objections: string[] = [];
    if (!schemes.includes(url.protocol)) objections.push(scheme);
    if (url.username !== '' || url.password !== '') objections.push('must not contain credentials');
    const host = classOfHost(url.hostname);
    if (host !== null && !this.#allows(host)) {
      objections.push('must not lead to a private, local or reserved address');
    }
    return objections.length === 0 ? null : objections.join(' and ');
  }

  /** Throws {@link ForbiddenAddress} for what {@link objection} names. */
  check(address: string): void {
    const objection = this.objection(address);
    if (objection !== null) throw new ForbiddenAddress(`the address ${objection}`);
  }

  /**
   * For `net.connect`: resolves and judges in one step, so that the addresses judged are those connected to. A name
   * that has one forbidden address among public ones is refused whole: an honest one has none.
   */
  readonly lookup: LookupFunction = (host, options, done) => {
    this.#resolve(host, { ...options, all: true }, (error, addresses) => {
      const found = addresses ?? [];
      const [first] = found;
      if (error) {
        done(error, []);
      } else if (!first || !found.every(({ address }) => this.#allows(classOf(address)))) {
        done(new ForbiddenAddress('the name leads to a private, local or reserved address'), []);
      } else if (options.all === true) {
        done(null, found);
      } else {
        done(null, first.address, first.family);
      }
    });
  };

  #allows(found: AddressClass): boolean {
    return found === 'public' || this.#development;
  }
}
