import type { FastifyInstance } from 'fastify';

/** Returns the path, and the path with a slash at its end. The latter is left out if the host's router ignores that slash. */
export function withTrailingSlash({ initialConfig }: FastifyInstance, path: string): string[] {
  const { ignoreTrailingSlash, routerOptions } = initialConfig;
  const isSame = ignoreTrailingSlash === true || routerOptions?.ignoreTrailingSlash === true;
  return isSame ? [path] : [path, `${path}/`];
}
