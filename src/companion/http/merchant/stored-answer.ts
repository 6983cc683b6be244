import type { Context } from '../../payments/context.ts';
import { hostedPage } from '../../payments/model/hosted-page.ts';
import type { Answer } from '../../payments/model/idempotency.ts';
import { readExtras } from './payment-request.ts';
import { fallbackHtml, type FallbackFields } from './fallback-html.ts';

/**
 * Returns the response as it may be stored. The token, the link and the markup with the link open the payer's page, so
 * they become `null`. The fields stay, so that a replay has the same order of fields.
 */
export function withoutToken(answer: Answer): Answer {
  const { body } = answer;
  if (!isPayment(body)) return answer;
  const fallback = isCreated(body) ? { fallback_html: null } : {};
  return { ...answer, body: { ...body, payment_url: null, token: null, ...fallback } };
}

/**
 * Returns the stored response with a new token and link, made with the current secret and public URL. `request` is the
 * body of the repeated call: its `locale` is the language of `fallback_html`.
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

/** True for the body of a payment. A refund has a `payment_id` too, but no token. */
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

/** True for the body of a create with `fallback_html`. Earlier versions stored it without: the replay has none either. */
function isCreated<Body extends PaymentBody>(body: Body): body is Body & FallbackFields {
  return 'fallback_html' in body;
}
