import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../payments/context.ts';
import { ProblemError } from './problems.ts';
import { refusedOriginLog } from './refused-origins.ts';

const ALLOW_ORIGIN = 'access-control-allow-origin';
const ALLOWED_HEADERS = 'authorization, content-type, last-event-id';
const PREFLIGHT_SECONDS = 3600;

/** A page on the developer's own machine, on any port. */
const LOCAL = /^https?:\/\/(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Lets pages of the allowed origins, and the companion's own pages, call the checkout routes of this scope. A page of
 * another origin gets 403 `origin_not_allowed` before its token is looked at. Any page may read that one answer: the
 * browser would show a bare CORS refusal as a lost network, and neither payer nor developer would learn the reason.
 * @fastify/cors is not used: it decorates the whole instance, and fails in a host that has it already.
 */
export function allowOrigins(
  app: FastifyInstance,
  { config, log, sampledLog }: Pick<Context, 'config' | 'log' | 'sampledLog'>,
): void {
  const origins = new Set([...config.allowedOrigins, new URL(config.publicUrl).origin]);
  const logRefused = refusedOriginLog(log, sampledLog);
  const isAllowed = (origin: string) => origins.has(origin) || (config.development && LOCAL.test(origin));

  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    // A host server may have set the CORS headers itself.
    if (origin === undefined || hasAnswered(reply)) return;
    if (isAllowed(origin)) {
      reply.header(ALLOW_ORIGIN, origin).header('access-control-expose-headers', 'retry-after, x-request-id');
    } else if (!isOwnPage(request, origin)) {
      reply.header(ALLOW_ORIGIN, '*');
      // A preflight has no token and gets no data. It succeeds, so that the page can read the refusal of its call.
      if (request.method === 'OPTIONS') return;
      logRefused(origin);
      throw new ProblemError(
        'origin_not_allowed',
        'Pages of this origin may not open payments: SBP_ALLOWED_ORIGINS does not list it.',
      );
    }
  });

  app.options('/checkout/v1/*', async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': ALLOWED_HEADERS,
        // Browsers keep the result; shared caches must not.
        'access-control-max-age': PREFLIGHT_SECONDS,
        'cache-control': 'no-store',
      })
      .send(),
  );
}

function hasAnswered(reply: FastifyReply): boolean {
  return reply.hasHeader(ALLOW_ORIGIN) || reply.raw.hasHeader(ALLOW_ORIGIN);
}

/**
 * True for a page of this very server under a name that the configuration does not know (another host name, an
 * address in the local network). Browsers send `Origin` with every POST, also to a page's own server.
 */
function isOwnPage({ headers }: FastifyRequest, origin: string): boolean {
  if (headers['sec-fetch-site'] !== undefined) return headers['sec-fetch-site'] === 'same-origin';
  return /^https?:\/\/(.+)$/.exec(origin)?.[1] === headers.host;
}
