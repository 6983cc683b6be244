import * as v from 'valibot';
import type { FieldError } from '../../protocol/problem.ts';
import type { Method } from '../../protocol/snapshot.ts';
import type { Customer } from '../providers/provider.ts';
import { toFieldErrors } from './field-errors.ts';
import {
  DEFAULT_LIFETIME_S,
  extrasSchema,
  paymentRequestSchema,
  type Circumstances,
} from './request-schema.ts';

const OBJECTS: readonly string[] = ['customer', 'qr', 'features'];

/** A payment request that can be carried out. Times are unix ms, money is kopecks. */
export interface PaymentRequest {
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly expiresAt: number;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly customer: Customer;
  readonly methods: readonly [Method, ...Method[]];
  readonly qr: { readonly format: 'svg' | 'png'; readonly size: number };
  readonly deepLink: boolean;
  /** Whether the payer may begin anew after expiry; yes unless given. */
  readonly renewable?: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The part of an accepted body that shapes the answer and not the payment. */
export function readExtras(body: unknown): Pick<PaymentRequest, 'qr' | 'deepLink'> {
  const { qr, features } = v.parse(extrasSchema, withoutNulls(body));
  return { qr, deepLink: features.deep_link };
}

/** Reads the body of a create. */
export function readPaymentRequest(
  body: unknown,
  circumstances: Circumstances,
): { request: PaymentRequest } | { errors: FieldError[] } {
  const parsed = v.safeParse(paymentRequestSchema(circumstances), withoutNulls(body), {
    abortPipeEarly: true,
  });
  if (!parsed.success) return { errors: toFieldErrors(parsed.issues) };
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
      qr: input.qr,
      deepLink: input.features.deep_link,
      renewable: input.renewable,
      metadata: input.metadata,
    },
  };
}

/** `null` says the same as leaving a field out, in the objects that are ours as well. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, OBJECTS.includes(name) ? withoutNulls(item) : (item as unknown)]),
  );
}
