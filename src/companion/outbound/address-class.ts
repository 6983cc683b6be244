import { BlockList, isIP } from 'node:net';

/**
 * `public`: reachable over the internet. `loopback`: this machine. `link-local`: this machine's network segment, where
 * clouds keep their metadata services, and those services at other addresses. `special`: everything else.
 */
export type AddressClass = 'public' | 'loopback' | 'link-local' | 'special';

/**
 * Metadata services and host agents hand out a machine's credentials: AWS, Google, Azure, Yandex, Alibaba, Oracle,
 * Scaleway.
 */
const LINK_LOCAL_IPV4 = blocks('ipv4', [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
]);
const LINK_LOCAL_IPV6 = blocks('ipv6', [
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'fd00:42::42/128',
]);

/** IPv6 forms with an IPv4 address in their last 32 bits: compatible, mapped, translated, NAT64. */
const CARRY_IPV4 = blocks('ipv6', [
  '::/96',
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
]);
/** 6to4: the IPv4 address follows the first 16 bits. */
const SIX_TO_FOUR = blocks('ipv6', ['2002::/16']);

/**
 * IPv4 blocks without public servers (IANA's special-purpose registry): own network, private, carrier NAT, link-local
 * with the clouds' metadata services, protocol assignments, documentation, benchmarks, multicast, reserved.
 */
const SPECIAL_IPV4 = blocks('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Azure's host agent: a public address that always answers from inside.
  '168.63.129.16/32',
]);

/** The only IPv6 block with public servers. Blocks outside it (mapped, NAT64, local …) need no list. */
const PUBLIC_IPV6 = blocks('ipv6', ['2000::/3']);

/**
 * Exceptions in that block: protocol assignments with Teredo, documentation, 6to4, AS112. Teredo and 6to4 contain an
 * IPv4 address.
 */
const SPECIAL_IPV6 = blocks('ipv6', [
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
]);

const LOOPBACK_IPV4 = blocks('ipv4', ['127.0.0.0/8']);

/** Returns the class of a numeric address. Any other text counts as special. */
export function classOf(address: string): AddressClass {
  // The zone of a link-local address ("fe80::1%eth0") does not change its class.
  const bare = address.split('%', 1)[0]!;
  switch (isIP(bare)) {
    case 4:
      if (LOOPBACK_IPV4.check(bare, 'ipv4')) return 'loopback';
      if (LINK_LOCAL_IPV4.check(bare, 'ipv4')) return 'link-local';
      return SPECIAL_IPV4.check(bare, 'ipv4') ? 'special' : 'public';
    case 6:
      if (canonical(bare) === '::1') return 'loopback';
      if (LINK_LOCAL_IPV6.check(bare, 'ipv6') || carriesLinkLocal(bare)) return 'link-local';
      return PUBLIC_IPV6.check(bare, 'ipv6') && !SPECIAL_IPV6.check(bare, 'ipv6') ? 'public' : 'special';
    default:
      return 'special';
  }
}

/**
 * Returns the class of a URL's host, as far as it is known without DNS: for a literal address and for `localhost`.
 * `null` for any other name. `host` is `URL.hostname`, which writes `0x7f.1` and the like as plain numbers.
 */
export function classOfHost(host: string): AddressClass | null {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(bare) !== 0) return classOf(bare);
  // RFC 6761: these names are always this machine.
  return /(^|\.)localhost$/i.test(bare) ? 'loopback' : null;
}

function carriesLinkLocal(ipv6: string): boolean {
  const groups = groupsOf(canonical(ipv6));
  const [high = 0, low = 0] = CARRY_IPV4.check(ipv6, 'ipv6')
    ? groups.slice(6)
    : SIX_TO_FOUR.check(ipv6, 'ipv6')
      ? groups.slice(1, 3)
      : [];
  return LINK_LOCAL_IPV4.check([high >> 8, high & 255, low >> 8, low & 255].join('.'), 'ipv4');
}

/** Returns the eight numbers of an address in canonical form. */
function groupsOf(ipv6: string): number[] {
  const [start = [], end = []] = ipv6.split('::').map((part) =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => parseInt(group, 16)),
  );
  return [...start, ...Array<number>(8 - start.length - end.length).fill(0), ...end];
}

function canonical(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}

function blocks(family: 'ipv4' | 'ipv6', cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [net, prefix] = cidr.split('/') as [string, string];
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}
