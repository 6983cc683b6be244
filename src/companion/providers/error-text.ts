import { sanitizeForLog } from '../lib/logging.ts';

/** Where payment systems put their error's code and text, in the order in which they are to be read. */
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
 * The code and the text of an error in a body of no known form, for the operator's log: one bounded line without what
 * tells of a person. Returns `null` for a body that says nothing, and for a page.
 */
export function errorWords(body: unknown): string | null {
  if (typeof body === 'string' && body.trimStart().startsWith('<')) return null;
  const words = sanitizeForLog([...new Set(partsOf(body, MAX_DEPTH))].slice(0, MAX_PARTS).join(': '));
  return words === '' ? null : words;
}

function partsOf(value: unknown, depth: number): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value).trim()].filter(Boolean);
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (Array.isArray(value)) return value.slice(0, MAX_PARTS).flatMap((item) => partsOf(item, depth - 1));
  const fields = value as Readonly<Record<string, unknown>>;
  return FIELDS.flatMap((name) => partsOf(fields[name], depth - 1));
}
