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
 * Warns once of a proxy in front whose word on its clients does not count. A proxy on a private address and a public one
 * are told apart: anyone on the internet may send the header, and must not use up the warning about a proxy inside.
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
    // Without an address it came by a socket file. A host that we are mounted in may trust the proxy itself.
    if (forwarded && peer !== undefined && request.ip === peer) {
      if (trusted.has(peer)) {
        if (!forwardedFor) once('unread', { proxy: peer }, UNREAD);
      } else {
        const isPublic = classOf(peer.replace(/^::ffff:/i, '')) === 'public';
        // A public address may be a payer's own, and those are not logged.
        once(isPublic ? 'public' : 'private', { proxy: isPublic ? 'a public address' : peer }, UNNAMED);
      }
    }
    next();
  };
}
