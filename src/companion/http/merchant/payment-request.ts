import * as v from 'valibot';
import type { FieldError } from '../../../protocol/problem.ts';
import type { Method } from '../../../protocol/snapshot.ts';
import type { PaymentRequest } from '../../payments/lifecycle/create.ts';
import { LIST_FOR_BODY, toFieldErrors } from '../plumbing/field-errors.ts';
import {
  DEFAULT_LIFETIME_S,
  extrasSchema,
  paymentRequestSchema,
  type Circumstances,
} from './payment-request-schema.ts';

const OBJECTS: readonly string[] = ['customer', 'qr', 'features', 'metadata'];

/** The fields of a create that shape its response and not the payment. */
export interface Extras {
  readonly qr: { readonly format: 'svg' | 'png'; readonly size: number };
  readonly deepLink: boolean;
  /** Language of `fallback_html`; `null` for Russian with a line of English. */
  readonly locale: 'ru' | 'en' | null;
}

/** Returns the extras of a body that was accepted. */
export function readExtras(body: unknown): Extras {
  const { qr, features, locale = null } = v.parse(extrasSchema, asMeant(body));
  return { qr, deepLink: features.deep_link, locale };
}

/** Returns the payment request of a body, or every mistake in it. */
export function readPaymentRequest(
  body: unknown,
  circumstances: Circumstances,
): { request: PaymentRequest } | { errors: FieldError[] } {
  const meant = asMeant(body);
  if (Array.isArray(meant)) return { errors: [LIST_FOR_BODY] };
  const lists = listsForObjects(meant);
  const parsed = v.safeParse(paymentRequestSchema(circumstances), meant, { abortPipeEarly: true });
  if (!parsed.success) return { errors: [...lists, ...toFieldErrors(parsed.issues)] };
  if (lists.length > 0) return { errors: lists };
  const input = parsed.output;
  const [method, ...others] = input.methods as [Method, ...Method[]];
  const objections = [method, ...others].flatMap((each) => {
    const provider = circumstances.providers[circumstances.config.methods[each]!];
    return provider.objections?.({ customer: input.customer, method: each }) ?? [];
  });
  if (objections.length > 0) return { errors: objections };
  return {
    request: {
      orderId: input.order_id,
      amount: input.amount,
      currency: input.currency,
      description: input.description,
      expiresAt:
        input.expires_at === undefined
          ? circumstances.now + (input.expires_in ?? DEFAULT_LIFETIME_S) * 1000
          : Date.parse(input.expires_at),
      returnUrl: input.return_url,
      callbackUrl: input.callback_url,
      customer: input.customer,
      methods: [method, ...others],
      renewable: input.renewable,
      metadata: input.metadata,
    },
  };
}

/**
 * Returns the body without empty values. `null` is the same as a missing field, also inside our own objects; so is an
 * empty string in `customer`, because forms send blank fields; `[]` is an empty object of PHP.
 */
function asMeant(body: unknown): unknown {
  if (!isFields(body)) return body;
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, OBJECTS.includes(name) ? objectAsMeant(name, value) : value]),
  );
}

function objectAsMeant(name: string, value: unknown): unknown {
  if (Array.isArray(value) && value.length === 0) return {};
  if (!isFields(value) || name === 'metadata') return value;
  const isBlank = (item: unknown) => name === 'customer' && typeof item === 'string' && item.trim() === '';
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && !isBlank(item)));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the errors for lists where the body must have objects, like LIST_FOR_BODY. */
function listsForObjects(body: unknown): FieldError[] {
  if (!isFields(body)) return [];
  return OBJECTS.filter((name) => name !== 'metadata' && Array.isArray(body[name])).map((path) => ({
    path,
    message: 'must be an object, not a list',
  }));
}
