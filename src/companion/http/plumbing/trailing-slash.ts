import type { FastifyInstance } from 'fastify';

/** The path, and with a slash behind it: one address only in a host's server that takes both for the same. */
export function withTrailingSlash({ initialConfig }: FastifyInstance, path: string): string[] {
  const { ignoreTrailingSlash, routerOptions } = initialConfig;
  const isSame = ignoreTrailingSlash === true || routerOptions?.ignoreTrailingSlash === true;
  return isSame ? [path] : [path, `${path}/`];
}
