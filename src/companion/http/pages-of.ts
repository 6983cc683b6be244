import * as v from 'valibot';

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

/** `cursor` and `limit` of every list. A cursor is the `seq` of the last row seen, in base64url. */
export const pageQueryEntries = {
  cursor: v.exactOptional(
    v.pipe(
      v.string('must be given once'),
      v.transform((cursor) => Buffer.from(cursor, 'base64url').toString('utf8')),
      v.regex(/^\d{1,15}$/, 'must be a next_cursor of an earlier page'),
      v.transform(Number),
    ),
  ),
  limit: v.optional(
    v.pipe(
      v.string('must be given once'),
      v.regex(/^\d{1,3}$/, 'must be a whole number'),
      v.transform(Number),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MAX_PAGE_SIZE, `must be at most ${MAX_PAGE_SIZE}`),
    ),
    String(PAGE_SIZE),
  ),
};

/** A page of rows that were read one more than asked for: the extra one tells that there is a next page. */
export function pageOf<Row extends { readonly seq: number }, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
): { items: View[]; next_cursor: string | null } {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(view),
    next_cursor: last ? Buffer.from(String(last.seq)).toString('base64url') : null,
  };
}
