import type { FastifyInstance } from 'fastify';

const ALLOWED_HEADERS = 'authorization, content-type, last-event-id';
const PREFLIGHT_SECONDS = 3600;

/**
 * Lets pages of these origins call the routes beside it; others get an answer that their browser will not show them.
 * By hand and not by @fastify/cors: that one decorates the whole instance and so cannot be mounted in a host which
 * has it already.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !origins.includes(origin)) return;
    reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', 'retry-after, x-request-id');
  });

  app.options('/checkout/v1/*', async (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': ALLOWED_HEADERS,
        // How long a browser keeps this; caches in between are not to.
        'access-control-max-age': PREFLIGHT_SECONDS,
        'cache-control': 'no-store',
      })
      .send(),
  );
}
