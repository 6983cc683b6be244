import { sanitizeForLog } from '../lib/logging.ts';

/** The fields in which payment systems send an error's code and text, in the order of the resulting text. */
const FIELDS = [
  'error',
  'code',
  'error_code',
  'errorCode',
  'httpMessage',
  'title',
  'message',
  'description',
  'error_description',
  'errorDescription',
  'detail',
  'details',
  'moreInformation',
  'reason',
  'response',
  'errors',
];
const MAX_DEPTH = 3;
const MAX_PARTS = 8;

/**
 * Returns the code and text of an error from a body of any form, for the operator's log: one line of limited length
 * without personal data. `null` when the body has neither, or is an HTML page.
 */
export function errorText(body: unknown): string | null {
  if (typeof body === 'string' && body.trimStart().startsWith('<')) return null;
  const text = sanitizeForLog([...new Set(partsOf(body, MAX_DEPTH))].slice(0, MAX_PARTS).join(': '));
  return text === '' ? null : text;
}

function partsOf(value: unknown, depth: number): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value).trim()].filter(Boolean);
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.slice(0, MAX_PARTS).flatMap((item) => partsOf(item, depth - 1));
  const fields = value as Readonly<Record<string, unknown>>;
  return FIELDS.flatMap((name) => partsOf(fields[name], depth - 1));
}
