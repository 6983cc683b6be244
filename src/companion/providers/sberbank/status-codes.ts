/**
 * The meaning of every code of an order: its state, its error code and the response code of its purchase. To change what
 * one of them does to a payment, change it here. Only codes that the bank has published are listed (developers.sber.ru,
 * "Плати QR": "Ошибки" and "Коды операций", December 2023). The texts are for the operator's log, never for a payer.
 */
import type { PaymentStatus } from '../../../protocol/status.ts';

/**
 * `order_state`. AUTHORIZED is money held and not taken: the shop does not have it, so the payment is not paid.
 * ON_PAYMENT is spelled N_PAYMENT on one page of the document.
 */
const ORDER_STATES: ReadonlyMap<string, PaymentStatus> = new Map([
  ['CREATED', 'processing'],
  ['ON_PAYMENT', 'processing'],
  ['N_PAYMENT', 'processing'],
  ['AUTHORIZED', 'processing'],
  ['PAID', 'paid'],
  ['CONFIRMED', 'paid'],
  ['DECLINED', 'failed'],
  ['EXPIRED', 'expired'],
  ['REVOKED', 'canceled'],
  ['REVERSED', 'refunded'],
  ['REFUNDED', 'refunded'],
]);

/** `error_code`: the first two of its six digits. The other digits identify the bank's own subsystems. */
const ERROR_CODES: ReadonlyMap<string, string> = new Map([
  ['01', 'refused in general'],
  ['02', 'the shop is not known'],
  ['03', 'payments to the shop are suspended'],
  ['04', 'the operation is not allowed to this partner'],
  ['05', 'a malformed request, or data that was not found'],
  ['06', 'a suspicious operation'],
  ['07', 'more to give back than the original operation’s sum'],
  ['08', 'requests out of order'],
  ['09', 'the original order, whose money is to be given back, was not found'],
  ['10', 'there is no such order'],
  ['11', 'an amount that is not allowed'],
  ['12', 'the partner is not known'],
  ['13', 'the operation was not successful'],
  ['14', 'the id_qr is not known'],
  ['15', 'there is no such operation'],
  ['16', 'a wrong currency code'],
  ['17', 'outside the time that is allowed'],
  ['99', 'the operation is still being processed'],
]);

/** Errors after which the order may still be made: another call of ours is, or was, at work on it. */
const UNDECIDED_ERRORS = ['08', '99'];

/** `response_code` of a purchase that succeeded. */
const SUCCESS_RESPONSE = '00';

/** `response_code` of a purchase: every code listed here is a decline. */
const DECLINES: ReadonlyMap<string, string> = new Map([
  ['01', 'not carried out: ask the payer’s bank'],
  ['03', 'a wrong shop or terminal'],
  ['04', 'the card data is not valid'],
  ['05', 'not approved'],
  ['06', 'a general error'],
  ['07', 'the card data is not valid'],
  ['08', 'not approved'],
  ['12', 'a transaction that is not allowed'],
  ['13', 'an amount that is not allowed'],
  ['14', 'the payment’s data is to be checked'],
  ['15', 'a wrong issuing bank'],
  ['21', 'not approved'],
  ['25', 'not approved'],
  ['30', 'a malformed message'],
  ['31', 'to be tried again later'],
  ['33', 'the card has expired'],
  ['36', 'the card’s account is blocked'],
  ['37', 'the payer is to call the bank'],
  ['41', 'the card was lost'],
  ['43', 'the card was stolen'],
  ['51', 'not enough money'],
  ['52', 'a wrong account'],
  ['53', 'a wrong account'],
  ['54', 'the card has expired'],
  ['55', 'a wrong PIN'],
  ['57', 'not allowed, or the card’s account is blocked'],
  ['58', 'not allowed to this shop'],
  ['61', 'over the card’s limit'],
  ['62', 'restricted for this card'],
  ['65', 'over the card’s limit'],
  ['68', 'to be tried again later'],
  ['75', 'a wrong PIN'],
  ['76', 'the original transaction was not found, or a wrong PIN'],
  ['81', 'to be tried again later'],
  ['82', 'a wrong CVV'],
  ['89', 'a wrong shop or terminal'],
  ['92', 'a wrong parameter of the payment'],
  ['93', 'a transaction that is not allowed'],
  ['94', 'a transaction that is not allowed'],
  ['95', 'not approved'],
  ['96', 'a general error'],
]);

/** The codes of one order, as the bank returned them. */
export interface OrderCodes {
  readonly state: string | null;
  /** `null` for "000000" and for a missing code. */
  readonly error: { readonly code: string } | null;
  readonly operation: { readonly response_code: string | null } | null;
}

/** Returns the payment status of an order; `null` for an unknown state and for codes that contradict each other. */
export function paymentStatus(order: OrderCodes): PaymentStatus | null {
  const { state, error } = order;
  const status = ORDER_STATES.get(state ?? '') ?? null;
  const response = responseCode(order);
  // "paid" needs a message without any error: state, error code and response code must agree.
  if (status === 'paid' && (error !== null || response !== SUCCESS_RESPONSE)) return null;
  // The bank leaves an order with a declined purchase in CREATED. An order belongs to one code, so it is never retried.
  if (state === 'CREATED' && DECLINES.has(response)) return 'failed';
  return status;
}

/** True if the purchase of an open order has a response code that the bank has not published. */
export function hasUnknownResponse(order: OrderCodes): boolean {
  const response = responseCode(order);
  return order.state === 'CREATED' && response !== SUCCESS_RESPONSE && !DECLINES.has(response);
}

/** True if an `error_code` leaves open what becomes of the order. */
export function isUndecided(errorCode: string): boolean {
  return UNDECIDED_ERRORS.includes(errorCode.slice(0, 2));
}

/** True if an `error_code` says that the bank has no such order. */
export function isNoSuchOrder(errorCode: string): boolean {
  return /^10\d{4}$/.test(errorCode);
}

/** True if a `response_code` means success. */
export function isSuccess(response: string | null): boolean {
  return response === SUCCESS_RESPONSE;
}

/** Returns what an `error_code` means; `undefined` for a code that the bank has not published. */
export function errorMeaning(code: string): string | undefined {
  return ERROR_CODES.get(code.slice(0, 2));
}

/** Returns what the `response_code` of a decline means; `undefined` for a code that the bank has not published. */
export function declineMeaning(code: string): string | undefined {
  return DECLINES.get(code);
}

/** A purchase without a response code counts as successful. */
function responseCode({ operation }: OrderCodes): string {
  return operation?.response_code ?? SUCCESS_RESPONSE;
}
