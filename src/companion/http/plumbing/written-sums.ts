/** Fields of the merchant API's bodies that are sums in kopecks. */
const SUM_FIELDS: readonly string[] = ['amount'];

/** An integer in JSON. `JSON.parse` also makes integers of `1250.00`, `125e3` and `-0`, which a person may mean differently. */
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

/**
 * Returns the parsed body, with the source text in place of each sum that has a point or an exponent. The schemas refuse
 * text as a sum, so `1250.00` is never taken for 1250 kopecks. `body` must be what `text` parses to, and not nested too deep.
 */
export function keepWrittenSums(text: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const fields = body as Record<string, unknown>;
  const sums = SUM_FIELDS.filter(
    (field) => Object.hasOwn(fields, field) && typeof fields[field] === 'number',
  );
  if (sums.length === 0) return body;
  const source = numberSources(text, sums);
  const texts = sums.flatMap((field) => {
    const written = source.get(field);
    return written === undefined || INTEGER.test(written) ? [] : [[field, written] as const];
  });
  return texts.length === 0 ? body : { ...fields, ...Object.fromEntries(texts) };
}

/** Returns the source text of the numbers in these fields of the outermost object. */
function numberSources(text: string, fields: readonly string[]): ReadonlyMap<string, string> {
  const byHolder = new Map<unknown, Map<string, string>>();
  const root: unknown = JSON.parse(text, function (this: unknown, key, value: unknown, context?: Reviver) {
    if (typeof value === 'number' && fields.includes(key) && context?.source !== undefined) {
      byHolder.set(this, (byHolder.get(this) ?? new Map<string, string>()).set(key, context.source));
    }
    return value;
  });
  return byHolder.get(root) ?? new Map<string, string>();
}

/** The third argument of a reviver, which TypeScript's library does not know yet. */
interface Reviver {
  /** The text of a primitive value. */
  readonly source?: string;
}
