import { networkInterfaces } from 'node:os';

/** Returns this machine's address on the local network, for a phone; `null` without one. */
export function lanAddress(): string | null {
  const addresses = Object.entries(networkInterfaces())
    // A phone cannot reach the bridges of containers and virtual machines.
    .filter(([name]) => !/^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg)/.test(name))
    .flatMap(([, list]) => list ?? [])
    .filter(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address);
  return addresses.find(isPrivate) ?? addresses[0] ?? null;
}

function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}
