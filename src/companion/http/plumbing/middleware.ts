import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PaymentTokens } from '../../payments/model/tokens.ts';

export type Next = (error?: unknown) => void;

/** Nothing of a host's own can be below these: an unknown address there is a mistake in a call to us. `/pay/` is `/pay`. */
const ALL_OURS = /^\/(?:(?:api\/sbp|checkout)\/v1(?:[/?]|$)|pay\/(?:\?|$))/;

/** The start page, its styles and the icon are of a server that is ours alone. */
const FRONT_DOOR = /^\/(?:start\.css|favicon\.ico)?(?:\?|$)/;

/** Express and Connect keep the address as it was before they took off the path below which we are mounted. */
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
 * Our routes as middleware of another server (Express, Connect): what we have no route for goes on to the host, untouched.
 * That is decided before a byte of a body is read.
 */
export class Middleware {
  readonly #hosts = new WeakMap<IncomingMessage, Host>();
  readonly #tokens: PaymentTokens;
  readonly #isProvider: (name: string) => boolean;

  /** `isProvider`: whether `/webhooks/{name}` is ours. A shop may have webhooks of its own there. */
  constructor(tokens: PaymentTokens, isProvider: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isProvider = isProvider;
  }

  /** The host goes on with this request by `next` if it is not ours. */
  expect(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const { url = '/', originalUrl } = request as Addressed;
    const { statusCode } = response;
    this.#hosts.set(request, { next, url, originalUrl, statusCode });
    // Koa begins with a 404.
    response.statusCode = 200;
  }

  /** The first hook of all: the others answer, count and log what is ours. */
  readonly passOn = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const host = this.#hosts.get(request.raw);
    if (host && !this.#isOurs(request, host) && this.tryPassOn(request, reply)) return;
    done();
  };

  /** Whether the host has taken it. Not an address that only we can have. */
  tryPassOn(request: FastifyRequest, reply: FastifyReply): boolean {
    const host = this.#hosts.get(request.raw);
    // A damaged payment link has the token in its path: the hosted page mends it, and no log of the host's gets it. The
    // host's own addresses may hold what looks like one: only a token that we have signed is kept back.
    if (!host || ALL_OURS.test(request.url) || this.#tokens.areIn(request.url)) return false;
    reply.hijack();
    // As they came: Fastify has taken our base path off the one, and the host's own note away with it.
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
