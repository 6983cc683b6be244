import { isIP } from 'node:net';

/** Returns the fault of an address to listen on, as a predicate of its variable; `null` for an address or a name alone. */
export function hostObjection(host: string): string | null {
  const inBrackets = /^\[(.*)\](?::\d+)?$/.exec(host)?.[1];
  if (inBrackets !== undefined && isIP(inBrackets) === 6) {
    return `must be written without brackets, which belong into addresses of pages only: ${inBrackets}`;
  }
  if (isIP(host) === 0 && /:\d+$/.test(host))
    return `must be an address alone: the port belongs into SBP_PORT`;
  if (isIP(host) !== 0 || /^[A-Za-z0-9._-]+$/.test(host)) return null;
  return 'must be an IP address or a name, such as 127.0.0.1, 0.0.0.0 (all IPv4) or :: (all)';
}
