import * as v from 'valibot';
import { sanitizeForLog } from '../../lib/logging.ts';

const MAX_FIELDS = 20;
/** Field names and no more: a key can be anything. */
const FIELD_NAME = /^[A-Za-z_][\w-]{0,40}$/;

const refusalSchema = v.union([
  v.object({ errors: v.record(v.string(), v.unknown()), message: v.fallback(v.nullish(v.string()), null) }),
  v.object({ message: v.string() }),
  v.object({ response: v.object({ message: v.string() }) }),
]);

/**
 * Why the acquirer said no, for the operator's log: its own words and the names of the fields at fault. `null` for
 * what is in none of its documented forms, and so perhaps not its word at all.
 */
export function readRefusal(json: unknown): string | null {
  const parsed = v.safeParse(refusalSchema, json);
  if (!parsed.success) return null;
  const refusal = parsed.output;
  if ('response' in refusal) return sanitizeForLog(refusal.response.message);
  const fields = 'errors' in refusal ? fieldsOf(refusal.errors).slice(0, MAX_FIELDS) : [];
  const message = sanitizeForLog(refusal.message ?? '');
  return fields.length > 0 ? `${message} (${fields.join(', ')})`.trim() : message;
}

function fieldsOf(errors: object, prefix = '', depth = 0): string[] {
  return Object.entries(errors).flatMap(([name, value]: [string, unknown]) => {
    if (!FIELD_NAME.test(name)) return [];
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 3;
    return nested ? fieldsOf(value, `${prefix}${name}.`, depth + 1) : [`${prefix}${name}`];
  });
}
