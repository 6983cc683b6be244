import { DatabaseSync } from 'node:sqlite';

const SHOWN_CHARS = 300;

/** The table with the last seen time of the clock. It changes without any call. */
const BY_THE_CLOCK = 'clock';

/** Returns every row of the database as text, except the clock's table. */
export function dumpDatabase(file: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    const called = tables.filter(({ name }) => name !== BY_THE_CLOCK);
    return called.flatMap(({ name }) =>
      db
        .prepare(`SELECT * FROM "${String(name)}" ORDER BY rowid`)
        .all()
        .map((row) => `${String(name)} ${JSON.stringify(row)}`),
    );
  } finally {
    db.close();
  }
}

/** Returns the rows that were added, removed or changed; empty without changes. */
export function changedRows(before: readonly string[], after: readonly string[]): string[] {
  const known = new Set(before);
  const kept = new Set(after);
  return [
    ...before.filter((row) => !kept.has(row)).map((row) => `− ${row.slice(0, SHOWN_CHARS)}`),
    ...after.filter((row) => !known.has(row)).map((row) => `+ ${row.slice(0, SHOWN_CHARS)}`),
  ];
}
