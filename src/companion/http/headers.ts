import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const YEAR_S = 365 * 24 * 3600;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** The id under which a request is logged: the caller's own, if it is a sane one, so that logs can be joined. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** What every answer carries. Over plain http browsers ignore the order to come by https only. */
export function commonHeaders(app: FastifyInstance, development: boolean): void {
  const headers = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(development ? {} : { 'strict-transport-security': `max-age=${YEAR_S}` }),
  };
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers(headers).header('x-request-id', request.id);
    next();
  });
}
