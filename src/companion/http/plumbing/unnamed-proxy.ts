import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressRanges } from '../../outbound/ip-ranges.ts';
import { classOf } from '../../outbound/address-class.ts';

const UNNAMED =
  'X-Forwarded-For came from an address that SBP_TRUSTED_PROXIES does not name, so it is not believed. ' +
  'If that is a proxy of yours, name it: until then all who come through it share one allowance of calls and streams';

const UNREAD =
  'a proxy named in SBP_TRUSTED_PROXIES sends Forwarded without X-Forwarded-For: only X-Forwarded-For is read, ' +
  'so all who come through it share one allowance of calls and streams';

/**
 * Warns once about a proxy whose client addresses are not trusted. A private and a public proxy address have separate
 * warnings: anyone on the internet can send the header, and must not use up the warning about an internal proxy.
 */
export function warnOfUnnamedProxy(log: FastifyBaseLogger, trusted: AddressRanges) {
  const warned = new Set<string>();
  const once = (kind: string, fields: object, message: string) => {
    if (warned.has(kind)) return;
    warned.add(kind);
    log.warn(fields, message);
  };
  return (request: FastifyRequest, _reply: FastifyReply, next: () => void): void => {
    const { headers, socket } = request.raw;
    const peer = socket.remoteAddress;
    const forwardedFor = headers['x-forwarded-for'] !== undefined;
    const forwarded = forwardedFor || headers.forwarded !== undefined;
    // A request through a socket file has no address. If a host server trusts the proxy itself, `ip` differs from `peer`.
    if (forwarded && peer !== undefined && request.ip === peer) {
      if (trusted.has(peer)) {
        if (!forwardedFor) once('unread', { proxy: peer }, UNREAD);
      } else {
        const isPublic = classOf(peer.replace(/^::ffff:/i, '')) === 'public';
        // A public address may be a payer's, and payers' addresses are not logged.
        once(isPublic ? 'public' : 'private', { proxy: isPublic ? 'a public address' : peer }, UNNAMED);
      }
    }
    next();
  };
}
