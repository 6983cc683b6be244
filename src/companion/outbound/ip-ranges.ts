import { BlockList, isIP } from 'node:net';

/** Keys are kept in memory, so a key made from a proxy's malformed header must not be long. */
const MAX_KEY_CHARS = 64;

/** True if `text` is an IP address or a CIDR range. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** A set of addresses and CIDR ranges, in the form that {@link isAddressRange} accepts. */
export class AddressRanges {
  readonly #list = new BlockList();

  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', prefix] = range.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  /** IPv4 written as IPv6 (`::ffff:10.0.0.1`, as a dual-stack socket reports it) counts as IPv4. */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * Returns the key under which a caller is counted: the address itself for IPv4, its /64 for IPv6, because a subscriber
 * has a whole /64 to rotate in. Callers without an address, over a socket file or after hanging up, share one key.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'none';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address.slice(0, MAX_KEY_CHARS);
  const [head = '', tail = ''] = address.split('%', 1)[0]!.split('::');
  const start = groupsOf(head);
  const end = groupsOf(tail);
  const zeros = Array<string>(Math.max(0, 8 - start.length - end.length)).fill('0');
  const network = [...start, ...zeros, ...end].slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function groupsOf(part: string): string[] {
  return part.split(':').filter((group) => group !== '');
}
