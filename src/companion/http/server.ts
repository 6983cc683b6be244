import type { IncomingMessage } from 'node:http';
import Fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { AddressRanges } from '../outbound/ip-ranges.ts';
import type { BankDirectory } from '../banks/directory.ts';
import type { Context } from '../payments/context.ts';
import type { LiveHub } from '../live/hub.ts';
import type { SandboxBank } from '../providers/sandbox/bank.ts';
import { sandboxRoutes } from './sandbox/routes.ts';
import { allowOrigins } from './plumbing/cors.ts';
import { checkoutApi } from './checkout/routes.ts';
import { commonHeaders, installForAnyPage, installHeaders, requestId } from './plumbing/headers.ts';
import { CallLimits } from './plumbing/call-limits.ts';
import { merchantApi } from './merchant/routes.ts';
import { health, metricsRoute, type Readiness } from './pages/health.ts';
import { answerBadUrl, installNotFound, installProblems, ProblemError } from './plumbing/problems.ts';
import { hostedPages } from './pages/hosted-page.ts';
import { notFoundPage } from './pages/not-found-page.ts';
import { providerWebhooks } from './webhooks/provider-webhooks.ts';
import { startPage } from './pages/start-page.ts';
import { basePathRemover } from './plumbing/base-path.ts';
import type { Middleware } from './plumbing/middleware.ts';
import { warnOfUnnamedProxy } from './plumbing/unnamed-proxy.ts';
import { reference } from './openapi/reference.ts';
import { scripts } from './pages/element-files.ts';
import { StreamLimits } from './checkout/stream-limits.ts';
import { collectOperations } from './plumbing/route.ts';
import { timeLimits } from './plumbing/timeouts.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export interface Parts {
  readonly ctx: Context;
  readonly banks: BankDirectory;
  readonly hub: LiveHub;
  readonly readiness: Readiness;
  /** `null` while no payment method uses the sandbox. */
  readonly sandbox: SandboxBank | null;
}

export function createApp(
  parts: Parts,
  middleware: Middleware,
  logger: NonNullable<FastifyServerOptions['loggerInstance']>,
): FastifyInstance {
  const withoutBasePath = basePathRemover(parts.ctx.config.publicUrl);
  const proxies = new AddressRanges(parts.ctx.config.trustedProxies);
  const inWords = notFoundPage(parts.ctx.config);
  const badUrl = answerBadUrl(commonHeaders(parts.ctx.config.development), inWords);
  const app = Fastify({
    ...timeLimits,
    // No plugin waits for the network, so a slow start only means a slow machine.
    pluginTimeout: 0,
    // Serve requests that arrive during shutdown: Fastify's own 503 is not a problem document.
    return503OnClosing: false,
    ...(withoutBasePath
      ? { rewriteUrl: (request: IncomingMessage) => withoutBasePath(request.url ?? '/') }
      : {}),
    // Trust X-Forwarded-For from the configured proxies only.
    trustProxy: (address) => proxies.has(address),
    loggerInstance: logger,
    genReqId: requestId,
    // See logRequest: Fastify's own log lines hold addresses and query strings.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      if (!middleware.tryPassOn(request, reply)) badUrl(error, request, reply);
    },
  });
  app.addHook('onRequest', middleware.passOn);
  installNotFound(app, inWords);
  // Register in the root scope, so that its hooks run for unknown addresses too.
  void app.register(Object.assign(routes(parts), { [Symbol.for('skip-override')]: true }));
  // Only the companion's own server has a start page: a host server has its own `/`.
  void app.register(startPage(parts.ctx.config));
  // Unknown `Expect` headers are ignored; Node would answer 417.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  return app;
}

/** Returns all routes as a Fastify plugin. */
export function routes({ ctx, banks, hub, readiness, sandbox }: Parts) {
  return async (app: FastifyInstance): Promise<void> => {
    installProblems(app, ctx);
    installHeaders(app, commonHeaders(ctx.config.development));
    app.addHook('onRequest', refuseHostless);
    app.addHook('onRequest', refuseParsedBodies);
    app.addHook('onRequest', warnOfUnnamedProxy(ctx.log, new AddressRanges(ctx.config.trustedProxies)));
    app.addHook('onResponse', logRequest);

    const operations = collectOperations(app);
    const limits = new CallLimits(ctx);
    const streamLimits = new StreamLimits(ctx.config.streamLimit);
    // The document lists the routes in this order.
    await app.register(async (merchant: FastifyInstance) => {
      limits.guard(merchant);
      await merchant.register(merchantApi(ctx, banks), { prefix: '/api/sbp/v1' });
    });
    await app.register(async (browser: FastifyInstance) => {
      installForAnyPage(browser);
      allowOrigins(browser, ctx);
      // Counted after CORS: a page must be able to read a refusal.
      await browser.register(async (payer: FastifyInstance) => {
        limits.guard(payer);
        await payer.register(checkoutApi(ctx, banks, hub, streamLimits), { prefix: '/checkout/v1' });
      });
    });
    await app.register(providerWebhooks(ctx, limits), { prefix: '/webhooks' });
    await app.register(health(readiness));
    await app.register(async (monitor: FastifyInstance) => {
      limits.guard(monitor);
      await monitor.register(metricsRoute(ctx));
    });
    if (sandbox) await app.register(sandboxRoutes(sandbox));
    await app.register(async (files: FastifyInstance) => {
      installForAnyPage(files);
      await files.register(scripts);
    });
    await app.register(hostedPages(ctx.config.development));
    await app.register(async (readers: FastifyInstance) => {
      limits.guard(readers);
      await readers.register(reference(ctx, operations));
    });
  };
}

function logRequest(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  request.log.debug(
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    },
    'request',
  );
  next();
}

/** Refuses a body that a host's parser has consumed: without its bytes no signature can be verified. */
function refuseParsedBodies(
  request: FastifyRequest,
  _reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (!hasBody || !('body' in request.raw) || request.raw.body === undefined) {
    next();
    return;
  }
  const detail =
    'The body was parsed before the companion saw it: mount the companion before any body parser.';
  next(new ProblemError('body_already_parsed', detail));
}

/** Refuses HTTP/1.1 without a Host header. Node's own refusal is empty, and is turned off in timeouts.ts. */
function refuseHostless({ raw }: FastifyRequest, _reply: FastifyReply, next: (error?: Error) => void): void {
  const missing = raw.httpVersion === '1.1' && raw.headers.host === undefined;
  next(missing ? new ProblemError('malformed_request', 'The Host header is missing.') : undefined);
}
