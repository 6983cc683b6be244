/**
 * The bank's codes in words, for the operator's log: never for a payer. Only what the bank has published is here
 * (developers.sber.ru, "Плати QR": "Ошибки" and "Коды операций", December 2023); any other code is shown as it is.
 */
import { sanitizeForLog } from '../../lib/logging.ts';

/** By the first two of the six digits: the rest tells the bank's own parts apart. */
const ERRORS: ReadonlyMap<string, string> = new Map([
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

/** Every one of them is a decline. */
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

/** Whether the bank has published this code of an operation as a decline. */
export function isDecline(responseCode: string): boolean {
  return DECLINES.has(responseCode);
}

/** `said`: the bank's own text beside the code. */
export function errorWords(code: string, said: string | null): string {
  return phrase('error', code, ERRORS.get(code.slice(0, 2)), said);
}

export function responseWords(code: string, said: string | null): string {
  return phrase('response', code, DECLINES.get(code), said);
}

/** What the bank's gateway says of a call that it did not let through; `null` for a body that is not the gateway's. */
export function gatewayWords(json: unknown): string | null {
  if (typeof json !== 'object' || json === null) return null;
  const { httpCode, httpMessage, moreInformation } = json as Readonly<Record<string, unknown>>;
  if (httpCode === undefined && httpMessage === undefined) return null;
  const said = [httpMessage, moreInformation].filter((part) => typeof part === 'string' && part !== '');
  return said.length === 0 ? 'no reason given' : bankWords(said.join(': '));
}

/** The bank's words for the log: what looks like a token, a link or a scanned code may be as short as an id here. */
export function bankWords(text: string): string {
  return sanitizeForLog(text.replace(/[A-Za-z0-9:/&?.=_+~%#-]{20,}/g, '…'));
}

function phrase(kind: string, code: string, known: string | undefined, said: string | null): string {
  return `${kind} ${bankWords(code)}${known ? `: ${known}` : ''}${said ? ` (${bankWords(said)})` : ''}`;
}
