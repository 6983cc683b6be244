import { BlockList, isIP } from 'node:net';

/** Keys are kept in memory: one made of a proxy's malformed header must not be a long one. */
const MAX_KEY_CHARS = 64;

/** Whether `text` is an IP address or a CIDR range. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** A set of addresses and CIDR ranges, each as {@link isAddressRange} takes it. */
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

  /** IPv4 written as IPv6 (`::ffff:10.0.0.1`, as a dual-stack socket reports it) counts as what it is. */
  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * Whom an address stands for: itself in IPv4; in IPv6 its /64, since each subscriber has a whole one to rotate in.
 * Callers without an address, who come by a socket file or have hung up already, all stand for one.
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
