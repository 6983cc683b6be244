import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problems.ts';

/** The built element: `dist/cdn`, found from the sources (`src/…`) and from the package (`dist/…`) alike. */
const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '../../../dist/cdn');

/** `/sbp-checkout.js`, the hosted page's `/pay.js`, and the chunks they load. */
export async function scripts(app: FastifyInstance): Promise<void> {
  if (!existsSync(SCRIPTS)) {
    app.log.warn('the element is not built: /sbp-checkout.js will answer 404 until "npm run build" has run');
    return;
  }
  await app.register(fastifyStatic, {
    root: SCRIPTS,
    serve: false,
    cacheControl: false,
  });
  for (const name of ['sbp-checkout.js', 'pay.js']) {
    app.get(`/${name}`, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').sendFile(name),
    );
  }
  app.get<{ Params: { name: string } }>('/chunks/:name', (request, reply) => {
    if (!/^[\w-]+\.js$/.test(request.params.name))
      throw new ProblemError(404, 'not_found', 'There is no such file.');
    // The name holds the content's hash.
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .sendFile(`chunks/${request.params.name}`);
  });
}
