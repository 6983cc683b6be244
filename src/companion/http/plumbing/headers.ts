import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const YEAR_S = 365 * 24 * 3600;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Returns the id of a request in the log: the caller's `X-Request-Id` if it is valid, so that logs can be joined. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Route options of pages and files: monitors, messengers and crawlers send HEAD first. */
export const ALSO_HEAD = { exposeHeadRoute: true } as const;

/** Headers of every page. Windows that opened it, or that it opens, get no reference to it and cannot navigate it. */
export const ALONE = { 'cross-origin-opener-policy': 'same-origin' } as const;

/**
 * Headers of everything that a shop's page may load from here, refusals too. A page with `Cross-Origin-Embedder-Policy`
 * rejects a response without them, and reports even a missing logo as blocked.
 */
export const FOR_ANY_PAGE = { 'cross-origin-resource-policy': 'cross-origin' } as const;

/** Sets {@link FOR_ANY_PAGE} on every response of this scope, also on those that a hook sends. */
export function installForAnyPage(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.headers(FOR_ANY_PAGE);
    next();
  });
}

/** Sets the headers that every response has. */
export type CommonHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** Strict-Transport-Security is left out in development: browsers ignore it over plain http. */
export function commonHeaders(development: boolean): CommonHeaders {
  const headers = {
    'x-content-type-options': 'nosniff',
    // Pages replace this policy. Any other response runs no script and is shown in no frame when it is opened as a page.
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
