import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const YEAR_S = 365 * 24 * 3600;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The id under which a request is logged: the caller's own, if it is a sane one, so that logs can be joined. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Options of pages and files: monitors, messengers and crawlers ask by HEAD first. */
export const ALSO_HEAD = { exposeHeadRoute: true } as const;

/** Of every page: a window that has opened it, or that it opens, gets no hold of it and cannot lead it elsewhere. */
export const ALONE = { 'cross-origin-opener-policy': 'same-origin' } as const;

/**
 * Of all that a shop's page may load from here, refusals among it: a page with `Cross-Origin-Embedder-Policy` takes no answer
 * without it, and reports even a missing logo as blocked.
 */
export const FOR_ANY_PAGE = { 'cross-origin-resource-policy': 'cross-origin' } as const;

/** Puts {@link FOR_ANY_PAGE} on every answer of this scope, also on those that a hook gives. */
export function installForAnyPage(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(FOR_ANY_PAGE);
    next();
  });
}

/** Puts on an answer what every answer carries. */
export type CommonHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** Over plain http browsers ignore the order to come by https only. */
export function commonHeaders(development: boolean): CommonHeaders {
  const headers = {
    'x-content-type-options': 'nosniff',
    // Of what is no page; a page has its own. An answer opened as a page runs and frames nothing.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    ...(development ? {} : { 'strict-transport-security': `max-age=${YEAR_S}` }),
  };
  return (request, reply) => void reply.headers(headers).header('x-request-id', request.id);
}

export function installHeaders(app: FastifyInstance, put: CommonHeaders): void {
  app.addHook('onRequest', (request, reply, next) => {
    put(request, reply);
    next();
  });
}
