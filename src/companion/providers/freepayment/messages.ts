/**
 * A payment or a refund, in a response as in a webhook: `{transaction: {…}}`. Fields that are not used may be missing
 * or invalid. Fields that decide about money must be exact, or the whole message counts as unreadable.
 */
import * as v from 'valibot';
import { testModeField } from '../test-mode.ts';
import { refundStatus } from './status-codes.ts';

const uid = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));

/** `null` for a missing or invalid field. */
function ifUsable<Output>(schema: v.GenericSchema<unknown, Output>) {
  return v.fallback(v.nullish(schema, null), null);
}

/** https only: the payer's receipt is opened in a browser. */
const receiptUrl = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.regex(/^https:\/\/[\x21-\x7e]+$/),
  v.check((value) => URL.canParse(value)),
);

const transactionSchema = v.object({
  uid,
  type: v.nullish(v.string(), null),
  status: ifUsable(v.string()),
  amount: v.nullish(kopecks, null),
  currency: v.nullish(currency, null),
  tracking_id: v.nullish(v.pipe(v.string(), v.maxLength(255)), null),
  /** For a refund: the payment that is refunded. */
  parent_uid: v.nullish(uid, null),
  reason: ifUsable(v.string()),
  message: ifUsable(v.string()),
  receipt_url: ifUsable(receiptUrl),
  gateway: ifUsable(v.object({ iframe: v.boolean() })),
  /** True in test mode: no money moves. */
  test: testModeField,
  form: v.optional(v.unknown()),
});
export type Transaction = v.InferOutput<typeof transactionSchema>;

export const responseSchema = v.object({ transaction: transactionSchema });

/** Only at the start of a reason: the shop's own text after it may name another refund. */
const OUR_REFUND_ID = /^Возврат (rfd_[A-Za-z0-9_-]{20})(?:: |$)/;

/**
 * Returns the `reason` of a refund request, which contains our refund id. The refund's webhook repeats it, also when
 * the request got no response.
 */
export function refundReason(refundId: string, reason: string | null): string {
  return `Возврат ${refundId}${reason === null ? '' : `: ${reason}`}`;
}

/** Returns our refund id from a `reason`; `null` when the reason is not one of ours. */
export function refundIdIn(reason: string | null): string | null {
  return OUR_REFUND_ID.exec(reason ?? '')?.[1] ?? null;
}

/** Returns the acquirer's reason for a failed refund; an empty object when there is none. */
export function failureReason(transaction: Transaction): { failureReason?: string } {
  const { message } = transaction;
  return refundStatus(transaction) === 'failed' && message !== null ? { failureReason: message } : {};
}

export function isRefund({ type }: Transaction): boolean {
  return type === 'refund';
}

/** A transaction without a type counts as a payment. */
export function isPayment({ type }: Transaction): boolean {
  return type === null || type === 'payment';
}
