/**
 * The messages of an SBP API. Fields that are not used may be missing or invalid. Fields that decide about money must
 * be exact, or the whole message counts as unreadable.
 */
import * as v from 'valibot';
import type { ProviderReport, RefundReport } from '../provider.ts';
import { testModeField } from '../test-mode.ts';
import { statusOfEvent } from './status-codes.ts';

const id = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));
/** Checked but never changed: the QR code and the page's links contain it byte for byte. */
const link = v.pipe(v.string(), v.maxLength(4096), v.regex(/^https?:\/\/[\x21-\x7e]+$/i));
/** The link of any app. `null` for a scheme that a browser would run as a script, and for text that is not a link. */
const deepLink = v.fallback(
  v.nullish(
    v.pipe(
      v.string(),
      v.maxLength(4096),
      v.regex(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i),
      v.check((value) => !/^(javascript|data|vbscript|blob|file):/i.test(value)),
    ),
    null,
  ),
  null,
);

export const paymentSchema = v.object({
  payment_id: id,
  order_id: v.nullish(v.string(), null),
  status: v.nullish(v.string(), null),
  amount: v.nullish(kopecks, null),
  currency: v.nullish(currency, null),
  qr_id: v.fallback(v.nullish(id, null), null),
  qr_payload: v.nullish(link, null),
  /** Returns the last moment at which money may still arrive; `null` for an invalid time. */
  payable_until: v.fallback(v.nullish(v.pipe(v.string(), v.isoTimestamp()), null), null),
  deep_link: deepLink,
  test: testModeField,
});
export type UpstreamPayment = v.InferOutput<typeof paymentSchema>;

export const pageSchema = v.object({ items: v.array(paymentSchema) });

const refundStatus = v.picklist(['pending', 'succeeded', 'failed']);

export const refundSchema = v.object({
  refund_id: v.fallback(v.nullish(id, null), null),
  status: v.fallback(refundStatus, 'pending'),
  amount: v.nullish(kopecks, null),
  failure_reason: v.fallback(v.nullish(v.string(), null), null),
});
export type UpstreamRefund = v.InferOutput<typeof refundSchema>;

/** The part of a refusal that decides what happens. Any JSON object matches, with empty fields if need be. */
export const refusalSchema = v.object({
  code: v.fallback(v.nullish(v.string(), null), null),
  detail: v.fallback(v.nullish(v.string(), null), null),
  errors: v.fallback(v.array(v.object({ path: v.string() })), []),
});

const reference = v.pipe(v.string(), v.maxLength(128));

const webhookSchema = v.object({
  event: v.string(),
  order_id: reference,
  status: v.exactOptional(v.string()),
  amount: v.exactOptional(kopecks),
  currency: v.exactOptional(currency),
  test: testModeField,
});

/** A `refund.…` event of one refund, with the refund's own status and amount. */
const refundWebhookSchema = v.pipe(
  v.object({
    event: v.string(),
    order_id: reference,
    refund_id: id,
    status: refundStatus,
    amount: v.nullish(kopecks, null),
    failure_reason: v.fallback(v.nullish(v.string(), null), null),
    test: testModeField,
  }),
  v.check(({ event, status }) => event === `refund.${status}`),
);

type UpstreamEvent = Pick<ProviderReport, 'reference' | 'status' | 'amount' | 'currency' | 'test'> & {
  readonly refund?: RefundReport;
};

/**
 * Returns what an authentic webhook reports about a payment. `null` for a message that cannot be read, such as a test
 * message or an event of a newer version: it is neither applied nor refused.
 */
export function readEvent(payload: unknown): UpstreamEvent | null {
  const refund = v.safeParse(refundWebhookSchema, payload);
  if (refund.success) return refundEvent(refund.output);
  const parsed = v.safeParse(webhookSchema, payload);
  if (!parsed.success) return null;
  const { event, order_id: reference, status, amount = null, currency: money = null, test } = parsed.output;
  return { reference, status: statusOfEvent(event, status), amount, currency: money, test };
}

function refundEvent(message: v.InferOutput<typeof refundWebhookSchema>): UpstreamEvent {
  const { order_id: reference, refund_id: providerRefundId, amount, status, test, failure_reason } = message;
  const reason = failure_reason === null ? {} : { failureReason: failure_reason };
  const refund = { refundId: null, providerRefundId, amount, status, ...reason };
  return { reference, status: null, amount: null, currency: null, test, refund };
}
