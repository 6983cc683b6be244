/** The bank's errors as text for the operator's log. Never shown to a payer. The codes are in status-codes.ts. */
import { sanitizeForLog } from '../../lib/logging.ts';
import { declineMeaning, errorMeaning } from './status-codes.ts';

/** Text for an `error_code`, with the bank's own description; `null` when the bank gave none. */
export function orderErrorText(code: string, description: string | null): string {
  return describe('error', code, errorMeaning(code), description);
}

/** Text for the `response_code` of a purchase, with the bank's own description; `null` when the bank gave none. */
export function responseText(code: string, description: string | null): string {
  return describe('response', code, declineMeaning(code), description);
}

/** Returns the error of the bank's API gateway, which did not let a call through; `null` for any other body. */
export function gatewayErrorText(json: unknown): string | null {
  if (typeof json !== 'object' || json === null) return null;
  const { httpCode, httpMessage, moreInformation } = json as Readonly<Record<string, unknown>>;
  if (httpCode === undefined && httpMessage === undefined) return null;
  const texts = [httpMessage, moreInformation].filter((part) => typeof part === 'string' && part !== '');
  return texts.length === 0 ? 'no reason given' : sanitizeBankText(texts.join(': '));
}

/** Masks the bank's text for the log. A token, a link or a scanned code can be as short as an id here. */
export function sanitizeBankText(text: string): string {
  return sanitizeForLog(text.replace(/[A-Za-z0-9:/&?.=_+~%#-]{20,}/g, '…'));
}

function describe(
  kind: string,
  code: string,
  meaning: string | undefined,
  description: string | null,
): string {
  const details = description ? ` (${sanitizeBankText(description)})` : '';
  return `${kind} ${sanitizeBankText(code)}${meaning ? `: ${meaning}` : ''}${details}`;
}
