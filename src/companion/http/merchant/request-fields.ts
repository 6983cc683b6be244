import * as v from 'valibot';

const KOPECKS = `must be a whole, positive number in kopecks, e.g. 125000 for 1250 roubles, at most ${Number.MAX_SAFE_INTEGER}`;

/**
 * An amount in kopecks. A number written with a point or an exponent arrives as text and is refused: see
 * http/plumbing/written-sums.ts.
 */
export const kopecks = v.pipe(
  v.number('must be in kopecks, without a point, an exponent or quotes, e.g. 125000 for 1250 roubles'),
  v.safeInteger(KOPECKS),
  v.minValue(1, KOPECKS),
  v.description('Kopecks.'),
);

/** One line of text that is not empty, such as a name or an address. */
export function text(max: number) {
  return v.pipe(
    v.string('must be a string, in double quotes'),
    v.trim(),
    v.nonEmpty('must not be empty'),
    v.maxLength(max, `must be at most ${max} characters`),
    v.check(isPrintable, UNPRINTABLE),
  );
}

/** Free text; `null` when empty. Several lines become one, because banks and receipts show one line. */
export function words(max: number) {
  return v.pipe(
    v.string('must be a string, in double quotes'),
    v.description(`At most ${max} characters, runs of white space counting as one.`),
    v.transform((value) => value.replace(/\s+/g, ' ').trim()),
    v.maxLength(max, `must be at most ${max} characters`),
    v.check(isPrintable, UNPRINTABLE),
    v.transform((value) => (value === '' ? null : value)),
  );
}

const UNPRINTABLE = 'must not contain control characters or halves of characters';

/**
 * True for text without control characters and lone surrogates. The former would forge lines in logs, receipts and bank
 * statements; the latter have no UTF-8 and would come back as another character.
 */
function isPrintable(value: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(value);
}
