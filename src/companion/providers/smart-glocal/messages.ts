/**
 * The messages of Smart Glocal. Published are one response (`session/init/payment`) and the outline of the webhooks. So
 * fields that are only displayed may be missing or invalid. Fields that decide about money must be exact, or the whole
 * message counts as unreadable.
 */
import * as v from 'valibot';

const id = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));
/** Minor units, kopecks of `RUB`: see requests.ts. */
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const currency = v.pipe(v.string(), v.toUpperCase(), v.regex(/^[A-Z]{3}$/));

const text = v.fallback(v.nullish(v.string(), null), null);
const customer = v.fallback(v.nullish(v.object({ reference: text }), null), null);
/** The address to which the payer is sent. */
const redirect = v.fallback(v.nullish(v.object({ url: v.string() }), null), null);

const acquiringPaymentSchema = v.object({
  status: text,
  metadata: text,
  customer,
  amount_details: v.nullish(v.object({ amount, currency }), null),
  customer_interaction: v.fallback(v.nullish(v.object({ redirect }), null), null),
});
export type AcquiringPayment = v.InferOutput<typeof acquiringPaymentSchema>;

export const sessionSchema = v.object({
  id,
  status: text,
  updated_at: text,
  metadata: text,
  customer,
  /** The outline names this field without its form: the word itself, or an object with that `type`. */
  next_action: v.fallback(v.nullish(v.union([v.string(), v.object({ type: text, redirect })]), null), null),
  acquiring_payments: v.nullish(v.array(acquiringPaymentSchema), []),
});
export type Session = v.InferOutput<typeof sessionSchema>;

export const sessionResponseSchema = v.object({ session: sessionSchema });

/** Not published: only a plain success counts for more than "the call has arrived". */
export const refundResponseSchema = v.object({
  refund: v.fallback(v.nullish(v.object({ status: text }), null), null),
});

export const webhookSchema = v.object({ type: v.string(), session: sessionSchema });
