import type { Context } from '../context.ts';
import { hostedPage } from '../payments/hosted-page.ts';
import type { Answer } from '../payments/idempotency.ts';

/**
 * An answer as it may be stored. A payment's token and the link that holds it open the payer's page: they are left out,
 * their places kept, so that the replay has its fields in the same order.
 */
export function withoutToken(answer: Answer): Answer {
  return isPayment(answer.body)
    ? { ...answer, body: { ...answer.body, payment_url: null, token: null } }
    : answer;
}

/** The stored answer with a token and a link of today: signed by the secret and under the address that are used now. */
export function withToken(ctx: Pick<Context, 'config' | 'tokens'>, stored: Answer): Answer {
  const { body } = stored;
  if (!isPayment(body)) return stored;
  return {
    ...stored,
    body: {
      ...body,
      payment_url: hostedPage(ctx, body.payment_id),
      token: ctx.tokens.issue(body.payment_id),
    },
  };
}

interface PaymentBody {
  readonly payment_id: string;
  readonly payment_url: unknown;
  readonly token: unknown;
}

/** Refunds name their payment too, and hold no token of it. */
function isPayment(body: unknown): body is PaymentBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'payment_id' in body &&
    typeof body.payment_id === 'string' &&
    'payment_url' in body &&
    'token' in body
  );
}
