import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PaymentTokens } from '../../payments/model/tokens.ts';

export type Next = (error?: unknown) => void;

/** Addresses that are never passed on to the host: an unknown address below them is a mistake in a call to us. */
const ALL_OURS = /^\/(?:(?:api\/sbp|checkout)\/v1(?:[/?]|$)|pay\/(?:\?|$))/;

/** The start page, its styles and the icon: served by the companion's own server only. */
const FRONT_DOOR = /^\/(?:start\.css|favicon\.ico)?(?:\?|$)/;

/** Express and Connect remove our mount path from `url`, and keep the full address here. */
interface Addressed extends IncomingMessage {
  originalUrl?: string;
}

interface Host {
  readonly next: Next;
  readonly url: string;
  readonly originalUrl: string | undefined;
  readonly statusCode: number;
}

/**
 * Our routes as middleware of another server (Express, Connect). A request without a route here is passed on to the
 * host unchanged, before its body is read.
 */
export class Middleware {
  readonly #hosts = new WeakMap<IncomingMessage, Host>();
  readonly #tokens: PaymentTokens;
  readonly #isProvider: (name: string) => boolean;

  /** `isProvider` is true if `/webhooks/{name}` is ours. A shop may have its own webhooks there. */
  constructor(tokens: PaymentTokens, isProvider: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isProvider = isProvider;
  }

  /** Registers a request of the host. `next` is called if the request is not ours. */
  expect(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const { url = '/', originalUrl } = request as Addressed;
    const { statusCode } = response;
    this.#hosts.set(request, { next, url, originalUrl, statusCode });
    // Koa starts with status 404.
    response.statusCode = 200;
  }

  /** Must be the first hook: the later hooks answer, count and log requests, which must be ours. */
  readonly passOn = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const host = this.#hosts.get(request.raw);
    if (host && !this.#isOurs(request, host) && this.tryPassOn(request, reply)) return;
    done();
  };

  /** Passes the request on to the host. Returns false for an address that can only be ours. */
  tryPassOn(request: FastifyRequest, reply: FastifyReply): boolean {
    const host = this.#hosts.get(request.raw);
    // A damaged payment link has the token in its path: the hosted page repairs it, and the host must not log it. The
    // host's own addresses may hold similar text, so only a token with our signature is kept.
    if (!host || ALL_OURS.test(request.url) || this.#tokens.areIn(request.url)) return false;
    reply.hijack();
    // Restore both: the base path was removed from `url`, and Fastify overwrote `originalUrl`.
    const raw: Addressed = request.raw;
    raw.url = host.url;
    if (host.originalUrl !== undefined) raw.originalUrl = host.originalUrl;
    reply.raw.statusCode = host.statusCode;
    host.next();
    return true;
  }

  #isOurs(request: FastifyRequest, { url, originalUrl }: Host): boolean {
    if (request.is404) return false;
    if (FRONT_DOOR.test(request.url)) return !FRONT_DOOR.test(originalUrl ?? url);
    const { provider } = (request.params ?? {}) as { provider?: string };
    return provider === undefined || this.#isProvider(provider.toLowerCase());
  }
}
