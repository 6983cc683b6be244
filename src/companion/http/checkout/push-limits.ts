import { normalizePhone } from '../../../protocol/phone.ts';
import type { Method } from '../../../protocol/snapshot.ts';
import type { Context } from '../../payments/context.ts';
import type { Payment } from '../../payments/model/payment.ts';
import { hasPush } from '../../payments/lifecycle/push.ts';
import { RateLimiter } from '../plumbing/rate-limiter.ts';
import { tooManyRequests } from '../plumbing/problems.ts';

const A_MINUTE = { calls: 3, perMs: 60_000 };
const A_DAY = { calls: 10, perMs: 24 * 3_600_000 };

/** Limits the messages to one phone and for one payment, so that nobody's phone is flooded. */
export class PushLimits {
  readonly #ctx: Pick<Context, 'config' | 'providers'>;
  readonly #limiters = [new RateLimiter(A_MINUTE), new RateLimiter(A_DAY)];

  constructor(ctx: Pick<Context, 'config' | 'providers'>) {
    this.#ctx = ctx;
  }

  /** Throws 429 `too_many_pushes`. */
  count(payment: Payment, phone: string): void {
    // Check the minute first: a message that it refuses must not count towards the day.
    for (const limiter of this.#limiters) {
      for (const key of keysOf(payment, phone)) {
        const waitMs = limiter.take(key);
        if (waitMs > 0)
          throw tooManyRequests('too_many_pushes', 'Messages were sent already: wait a little.', waitMs);
      }
    }
  }

  /** Removes a message from the counts: it was certainly not sent. */
  giveBack(payment: Payment, phone: string): void {
    for (const limiter of this.#limiters) {
      for (const key of keysOf(payment, phone)) limiter.giveBack(key);
    }
  }

  /** Counts a new attempt if its provider may send a message with it: to `given`, or to the customer's phone. */
  countAttempt(payment: Payment, method: Method | null, given: string | null = null): void {
    const provider = method && this.#ctx.config.methods[method];
    const phone = given ?? normalizePhone(payment.customer.phone ?? '');
    if (provider && phone !== null && hasPush(this.#ctx, method, provider)) this.count(payment, phone);
  }
}

function keysOf({ id }: Payment, phone: string): string[] {
  return [`payment ${id}`, `phone ${phone}`];
}
