import type { ServerResponse } from 'node:http';
import type { RunnerContext } from './fake-companion-server.ts';

/**
 * A middleware for Web Test Runner's server. `/parts/<n>/<path>` makes the next `n` requests for `path` fail, and
 * returns the number of requests since the last such call. Counts separately for each browser, because the browsers run
 * at the same time.
 */
export function failingParts(): (context: RunnerContext, next: () => Promise<void>) => Promise<void> {
  const parts = new Map<string, { failures: number; asked: number }>();
  return async (context, next) => {
    const browser = context.req.headers['user-agent'] ?? '';
    const [, failures, path] = /^\/parts\/(\d+)(\/.+)$/.exec(context.path) ?? [];
    if (path !== undefined) {
      const asked = parts.get(browser + path)?.asked ?? 0;
      parts.set(browser + path, { failures: Number(failures), asked: 0 });
      context.status = 200;
      context.body = String(asked);
      return;
    }
    const part = parts.get(browser + context.path);
    if (context.path.startsWith('/src/widget/components/')) keepNot(context.res);
    if (!part || part.asked++ >= part.failures) return next();
    context.respond = false;
    context.res.writeHead(503).end();
  };
}

/** The runner lets browsers cache files for a year. Forbids caching, so that each test page requests its parts. */
function keepNot(response: ServerResponse): void {
  const set = response.setHeader.bind(response);
  set('cache-control', 'no-store');
  response.setHeader = (name, value) =>
    name.toLowerCase() === 'cache-control' ? response : set(name, value);
}
