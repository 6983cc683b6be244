import type { FastifyInstance, FastifyRequest } from 'fastify';
import { networkOf } from '../../outbound/ip-ranges.ts';
import type { Context } from '../../payments/context.ts';
import { apiKeyMatcher, bearer } from './auth.ts';
import { RateLimiter } from './rate-limiter.ts';
import { tooManyRequests } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` if calls do not count towards the rate limit: a page loads dozens of bank logos. */
    limited?: boolean;
  }
}

/**
 * Limits calls. A call with a valid API key or payment token counts by that credential, from any address, so strangers
 * behind the same proxy do not use up its allowance. Any other call counts by its address. An invalid credential takes
 * no memory. Stored are key numbers, payment ids and addresses, never a secret.
 */
export class CallLimits {
  readonly #limiter: RateLimiter;
  readonly #credentials: readonly ((request: FastifyRequest) => string | null)[];

  constructor({ config, tokens }: Pick<Context, 'config' | 'tokens'>) {
    this.#limiter = new RateLimiter({ calls: config.rateLimit, perMs: 60_000 });
    const keyNumber = apiKeyMatcher(config.apiKeys);
    this.#credentials = [
      (request) => {
        const number = keyNumber(request);
        return number === null ? null : `key ${number}`;
      },
      (request) => {
        const paymentId = tokens.verify(bearer(request) ?? '');
        return paymentId === null ? null : `payment ${paymentId}`;
      },
    ];
  }

  /** Limits the routes that are added to `app` after this call. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', (request, _reply, next) => {
      if (request.routeOptions.config.limited !== false) this.#countCall(request);
      next();
    });
  }

  /** Counts a call without a valid credential. Throws 429 `rate_limited`. */
  countStranger(request: FastifyRequest): void {
    this.#count(`address ${networkOf(request.ip)}`);
  }

  #countCall(request: FastifyRequest): void {
    const keys = this.#credentials.map((credential) => credential(request)).filter((key) => key !== null);
    if (keys.length === 0) this.countStranger(request);
    for (const key of keys) this.#count(key);
  }

  #count(key: string): void {
    const waitMs = this.#limiter.take(key);
    if (waitMs > 0)
      throw tooManyRequests('rate_limited', 'Too many requests: slow down and try again.', waitMs);
  }
}
