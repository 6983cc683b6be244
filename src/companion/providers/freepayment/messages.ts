/**
 * What the acquirer says of a payment or a refund: in an answer as in a webhook `{transaction: {…}}`. Fields we do not
 * use may be missing or odd; those that money hangs on must be exact, or the whole message counts as unreadable.
 */
import * as v from 'valibot';
import { testModeField } from '../test-mode.ts';
import { refundStatus } from './status-codes.ts';

const uid = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));

/** `null` for what is missing, and for what is there but of no use. */
function ifUsable<Output>(schema: v.GenericSchema<unknown, Output>) {
  return v.fallback(v.nullish(schema, null), null);
}

/** The payer's receipt is opened in a browser: https only. */
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
  /** Of a refund: the payment whose money it gives back. */
  parent_uid: v.nullish(uid, null),
  reason: ifUsable(v.string()),
  message: ifUsable(v.string()),
  receipt_url: ifUsable(receiptUrl),
  gateway: ifUsable(v.object({ iframe: v.boolean() })),
  /** Of test mode: no money moves. */
  test: testModeField,
  form: v.optional(v.unknown()),
});
export type Transaction = v.InferOutput<typeof transactionSchema>;

export const answerSchema = v.object({ transaction: transactionSchema });

/** Only at the start of a reason: the shop's own text after it may name another refund. */
const OUR_REFUND_ID = /^Возврат (rfd_[A-Za-z0-9_-]{20})(?:: |$)/;

/** Returns the `reason` of a refund request with our refund id: the refund's webhook repeats it, even if the call got no response. */
export function refundReason(refundId: string, reason: string | null): string {
  return `Возврат ${refundId}${reason === null ? '' : `: ${reason}`}`;
}

/** Returns our refund id from a `reason`; `null` when the reason is not one of ours. */
export function refundIdIn(reason: string | null): string | null {
  return OUR_REFUND_ID.exec(reason ?? '')?.[1] ?? null;
}

/** Why a refund failed, in the acquirer's words, where it has failed and the reason is told. */
export function failureReason(transaction: Transaction): { failureReason?: string } {
  const { message } = transaction;
  return refundStatus(transaction) === 'failed' && message !== null ? { failureReason: message } : {};
}

export function isRefund({ type }: Transaction): boolean {
  return type === 'refund';
}

/** Of a transaction that names no kind: by where it was asked about. */
export function isPayment({ type }: Transaction): boolean {
  return type === null || type === 'payment';
}
