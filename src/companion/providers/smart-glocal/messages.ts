/**
 * What Smart Glocal says. Published are one answer (`session/init/payment`) and the outline of its webhooks, so fields
 * we only look at may be missing or odd; those that money hangs on must be exact, or the whole message is unreadable.
 */
import * as v from 'valibot';

const id = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));
/** Minor units, kopecks of `RUB`: see requests.ts. */
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const currency = v.pipe(v.string(), v.toUpperCase(), v.regex(/^[A-Z]{3}$/));

const text = v.fallback(v.nullish(v.string(), null), null);
const customer = v.fallback(v.nullish(v.object({ reference: text }), null), null);
/** Where the payer is to be sent. */
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
  /** Named in the outline without its form: the word itself, or an object of that type. */
  next_action: v.fallback(v.nullish(v.union([v.string(), v.object({ type: text, redirect })]), null), null),
  acquiring_payments: v.nullish(v.array(acquiringPaymentSchema), []),
});
export type Session = v.InferOutput<typeof sessionSchema>;

export const sessionAnswerSchema = v.object({ session: sessionSchema });

/** Not published: nothing but a plain word of success is taken for more than "it has arrived". */
export const refundAnswerSchema = v.object({
  refund: v.fallback(v.nullish(v.object({ status: text }), null), null),
});

export const webhookSchema = v.object({ type: v.string(), session: sessionSchema });
