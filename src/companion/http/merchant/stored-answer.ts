import type { Context } from '../../payments/context.ts';
import { hostedPage } from '../../payments/model/hosted-page.ts';
import type { Answer } from '../../payments/model/idempotency.ts';
import { readExtras } from './payment-request.ts';
import { fallbackHtml, type FallbackFields } from './fallback-html.ts';

/**
 * An answer as it may be stored. A payment's token and the link that holds it open the payer's page: they are left out,
 * with the markup that has the link, and their places kept, so that the replay has its fields in the same order.
 */
export function withoutToken(answer: Answer): Answer {
  const { body } = answer;
  if (!isPayment(body)) return answer;
  const fallback = isCreated(body) ? { fallback_html: null } : {};
  return { ...answer, body: { ...body, payment_url: null, token: null, ...fallback } };
}

/**
 * The stored answer with a token and a link of today: signed by the secret and under the address that are used now.
 * `request`: the body of the repeated call, which says in what language a create's `fallback_html` is.
 */
export function withToken(ctx: Pick<Context, 'config' | 'tokens'>, stored: Answer, request: unknown): Answer {
  const { body } = stored;
  if (!isPayment(body)) return stored;
  const issued = {
    ...body,
    payment_url: hostedPage(ctx, body.payment_id),
    token: ctx.tokens.issue(body.payment_id),
  };
  if (!isCreated(issued)) return { ...stored, body: issued };
  const { locale } = readExtras(request);
  const fallback = fallbackHtml(issued, { merchantName: ctx.config.merchantName, locale });
  return { ...stored, body: { ...issued, fallback_html: fallback } };
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

/** The answer to a create. One stored by a companion that did not answer `fallback_html` stays without it. */
function isCreated<Body extends PaymentBody>(body: Body): body is Body & FallbackFields {
  return 'fallback_html' in body;
}
