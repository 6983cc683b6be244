import * as v from 'valibot';

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;
const LIMIT = `must be a whole number from 1 to ${MAX_PAGE_SIZE}`;

export type ListName = 'payments' | 'deliveries';

/**
 * Returns the entries `cursor` and `limit` of a list's query. A cursor names its list and the `seq` of the last row: the
 * cursor of another list is refused, because it would cut at the wrong place.
 */
export function pageQueryEntries(list: ListName) {
  return {
    cursor: v.exactOptional(
      v.pipe(
        v.string('must be given once'),
        v.description('next_cursor of the page before.'),
        v.transform((cursor) => readCursor(list, cursor)),
        v.number('must be a next_cursor of an earlier page of this list'),
      ),
    ),
    limit: v.optional(
      v.pipe(
        v.string('must be given once'),
        v.regex(/^\d{1,3}$/, LIMIT),
        v.transform(Number),
        v.number(),
        v.integer(),
        v.minValue(1, LIMIT),
        v.maxValue(MAX_PAGE_SIZE, LIMIT),
      ),
      String(PAGE_SIZE),
    ),
  };
}

/** Returns a page of the list. `rows` has up to `limit` + 1 rows: the extra row shows that there is a next page. */
export function toPage<Row extends { readonly seq: number }, View>(
  list: ListName,
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
): { items: View[]; next_cursor: string | null } {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items: items.map(view), next_cursor: last ? writeCursor(list, last.seq) : null };
}

function writeCursor(list: ListName, seq: number): string {
  return Buffer.from(`${list} ${seq}`).toString('base64url');
}

function readCursor(list: ListName, cursor: string): number | null {
  const [, digits = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const seq = /^\d{1,15}$/.test(digits) ? Number(digits) : NaN;
  // Decoding is lenient, so accept only the exact text that writeCursor makes.
  return writeCursor(list, seq) === cursor ? seq : null;
}
