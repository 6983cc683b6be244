import type { FastifyInstance, FastifyRequest } from 'fastify';
import { networkOf } from '../../outbound/ip-ranges.ts';
import type { Context } from '../../payments/context.ts';
import { apiKeyMatcher, bearer } from './auth.ts';
import { RateLimiter } from './rate-limiter.ts';
import { tooManyRequests } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for what a page loads by the dozen and may cache: it does not count towards the rate limit. */
    limited?: boolean;
  }
}

/**
 * Counts a call with a good API key or payment token by that, whatever address it comes from: strangers behind the same
 * proxy spend nothing of its allowance. All other calls count by their address. Made-up credentials neither fill the
 * memory nor spend anyone's allowance. What is kept are key numbers, payment ids and addresses, never a secret.
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

  /** Limits all routes that are added to `app` from now on. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', (request, _reply, next) => {
      if (request.routeOptions.config.limited !== false) this.#countCall(request);
      next();
    });
  }

  /** Counts a call without a good credential; throws the 429. */
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
