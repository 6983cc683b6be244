/**
 * The bank's response about an order. The bank's samples break their own patterns, so fields that are not used may be
 * missing or invalid. Fields that decide about money must be exact, or the whole message counts as unreadable.
 */
import * as v from 'valibot';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { orderErrorText, responseText, sanitizeBankText } from './error-texts.ts';
import { isSuccess, paymentStatus } from './status-codes.ts';

/** An empty value is a missing field, null or an empty string. */
const text = v.pipe(
  v.nullish(v.string(), null),
  v.transform((value) => blankToNull(value ?? '')),
);
const freeText = v.fallback(text, null);
const anyCode = v.pipe(
  v.nullish(v.union([v.string(), v.pipe(v.number(), v.safeInteger())]), null),
  v.transform((value) => blankToNull(String(value ?? ''))),
);
/** A number, or in some of the bank's messages the same number as text. Never one that must be rounded. */
const kopecks = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
  v.minValue(0),
);

/** Two characters. A number has lost its leading zero: `0` is `00`. */
const responseCode = v.pipe(
  anyCode,
  v.transform((code) => (code !== null && /^\d$/.test(code) ? `0${code}` : code)),
);

const operationSchema = v.object({
  operation_type: freeText,
  operation_sum: v.nullish(kopecks, null),
  operation_currency: anyCode,
  response_code: responseCode,
  response_desc: freeText,
});
type Operation = v.InferOutput<typeof operationSchema>;

const orderSchema = v.object({
  partner_order_number: text,
  order_id: v.fallback(v.pipe(text, v.nullable(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/)))), null),
  order_state: text,
  error_code: anyCode,
  error_description: freeText,
  order_operation_params: v.pipe(
    v.nullish(v.union([v.array(operationSchema), operationSchema]), null),
    v.transform((found) => (found === null ? [] : Array.isArray(found) ? found : [found])),
  ),
});

export interface Order {
  /** Our reference, as the bank repeats it; `null` when the response does not contain it. */
  readonly reference: string | null;
  /** The bank's id; `null` when the response does not contain it. */
  readonly orderId: string | null;
  readonly state: string | null;
  /** `null` for "000000" and for a missing code. */
  readonly error: { readonly code: string; readonly description: string | null } | null;
  readonly operation: Operation | null;
}

/** The levels of wrapping around an order: the response to a payment is `PayRusClientQRRs.status`. */
const MAX_DEPTH = 3;
const OK_ERROR = /^0+$/;
const RUBLES = '643';

/** Returns the fields that make a response unreadable as an order, for the operator's log. */
export function orderFaults(json: unknown): string {
  const parsed = v.safeParse(orderSchema, unwrapped(json, MAX_DEPTH));
  return parsed.success ? 'no order in it' : unreadableFields(parsed.issues);
}

/** Returns the order in a response, whatever object wraps it; `null` when the response has no readable order. */
export function readOrder(json: unknown): Order | null {
  const parsed = v.safeParse(orderSchema, unwrapped(json, MAX_DEPTH));
  if (!parsed.success) return null;
  const { output } = parsed;
  const { error_code: code, error_description: description } = output;
  return {
    reference: output.partner_order_number,
    orderId: output.order_id,
    state: output.order_state,
    error: code === null || OK_ERROR.test(code) ? null : { code, description },
    operation: purchase(output.order_operation_params),
  };
}

/** True if the bank has made an order. Without an order no money can have moved. */
export function orderExists({ orderId, state }: Order): boolean {
  return orderId !== null || state !== null;
}

/**
 * Returns the charged amount in kopecks and the currency in ISO 4217 letters; each is `null` when the message does not
 * contain it.
 */
export function moneyOf({ operation }: Order): { amount: number | null; currency: string | null } {
  const currency = operation?.operation_currency ?? null;
  return {
    amount: operation?.operation_sum ?? null,
    // Other currency codes stay numbers: they match no currency of ours, so the amount never counts as paid.
    currency: currency === RUBLES ? 'RUB' : currency,
  };
}

/** Returns an order's errors and unknown codes as text for the operator's log; `null` when there are none. */
export function describeOrder(order: Order): string | null {
  const { state, error, operation } = order;
  const response = operation?.response_code ?? null;
  const texts = [
    ...(state === null || paymentStatus(order) !== null ? [] : [`state ${sanitizeBankText(state)}`]),
    ...(error === null ? [] : [orderErrorText(error.code, error.description)]),
    ...(response === null || isSuccess(response)
      ? []
      : [responseText(response, operation?.response_desc ?? null)]),
  ];
  return texts.length === 0 ? null : texts.join('; ');
}

/** Returns the purchase among an order's operations, preferably a successful one; `null` when there is none. */
function purchase(operations: readonly Operation[]): Operation | null {
  const pays = operations.filter(({ operation_type }) => operation_type === null || operation_type === 'PAY');
  const candidates = pays.length > 0 ? pays : operations;
  return candidates.find((one) => isSuccess(one.response_code)) ?? candidates.at(-1) ?? null;
}

function blankToNull(value: string): string | null {
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

function unwrapped(json: unknown, depth: number): unknown {
  if (typeof json !== 'object' || json === null || depth === 0) return json;
  const fields = json as Readonly<Record<string, unknown>>;
  if ('order_state' in fields || 'error_code' in fields || 'order_id' in fields) return fields;
  const inner = fields['status'] ?? Object.values(fields)[0];
  return typeof inner === 'object' && inner !== null ? unwrapped(inner, depth - 1) : json;
}
