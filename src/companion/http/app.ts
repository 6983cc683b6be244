import cors from '@fastify/cors';
import Fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import type { BankDirectory } from '../banks/directory.ts';
import type { Context } from '../context.ts';
import type { LiveHub } from '../live/hub.ts';
import type { SandboxBank } from '../providers/sandbox/bank.ts';
import { sandboxRoutes } from '../providers/sandbox/routes.ts';
import { checkoutApi } from './checkout-api.ts';
import { merchantApi } from './merchant-api.ts';
import { answerBadHttp, answerBadUrl, installProblems, ProblemError } from './problems.ts';
import { pages } from './pages.ts';
import { providerWebhooks } from './provider-webhooks.ts';
import { scripts } from './scripts.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export interface Parts {
  readonly ctx: Context;
  readonly banks: BankDirectory;
  readonly hub: LiveHub;
  /** Only while a method uses the sandbox. */
  readonly sandbox: SandboxBank | null;
}

export function createApp(
  parts: Parts,
  logger: NonNullable<FastifyServerOptions['loggerInstance']>,
): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    // One line a request, written by us: Fastify's own pair would hold addresses and query strings.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerBadHttp,
  });
  void app.register(routes(parts));
  return app;
}

/** All routes as a Fastify plugin. */
export function routes({ ctx, banks, hub, sandbox }: Parts) {
  return async (app: FastifyInstance): Promise<void> => {
    installProblems(app);
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    });
    app.addHook('onRequest', refuseParsedBodies);
    app.addHook('onResponse', async (request, reply) => {
      request.log.debug(
        {
          method: request.method,
          route: request.routeOptions.url ?? null,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime),
        },
        'request',
      );
    });

    await app.register(merchantApi(ctx, banks), { prefix: '/api/sbp/v1' });
    await app.register(providerWebhooks(ctx), { prefix: '/webhooks' });
    await app.register(async (browser: FastifyInstance) => {
      await browser.register(cors, corsFor(ctx));
      await browser.register(checkoutApi(ctx, banks, hub), { prefix: '/checkout/v1' });
      await browser.register(scripts);
    });
    await app.register(pages);
    if (sandbox) await app.register(sandboxRoutes(sandbox));

    app.get('/healthz', () => ({ status: 'ok' }));
  };
}

/** Pages of allowed origins may call; others get an answer their browser will not show them. */
function corsFor(ctx: Context) {
  const own = new URL(ctx.config.publicUrl).origin;
  return {
    origin: [...ctx.config.allowedOrigins, own],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'last-event-id'],
    exposedHeaders: ['retry-after'],
    maxAge: 3600,
    // Otherwise an OPTIONS without the preflight's headers is refused in plain text.
    strictPreflight: false,
  };
}

/** A host's own body parser has eaten the bytes: no signature could ever be verified, and no body be read. */
function refuseParsedBodies(
  request: FastifyRequest,
  _reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  if (!('body' in request.raw) || request.raw.body === undefined) {
    next();
    return;
  }
  const detail =
    'The body was parsed before the companion saw it: mount the companion before any body parser.';
  request.log.error(detail);
  next(new ProblemError(500, 'body_already_parsed', detail));
}
