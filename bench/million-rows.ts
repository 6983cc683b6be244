import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

const DAY_MS = 24 * 3_600_000;
/** The payments are spread over this many days, less than the year after which retention erases them. */
const SPREAD_DAYS = 300;
const ROWS_AT_ONCE = 50_000;

/** Each table with rows of a payment, and its column with the id of the payment or attempt. */
const TABLES = {
  payments: 'id',
  attempts: 'payment_id',
  refunds: 'payment_id',
  payment_events: 'payment_id',
  provider_deliveries: 'payment_id',
  deliveries: 'payment_id',
  idempotency_keys: 'resource_id',
  sandbox_payments: 'reference',
} as const;

/** Columns that SQLite numbers. */
const NUMBERED = ['seq', 'payment_events.id'];
/** Columns that must be unique and do not contain the payment's id. */
const UNIQUE = ['delivery_id', 'qr_id', 'key', 'refunds.id'];

export interface Template {
  /** A payment in the database, with its rows in other tables. */
  readonly paymentId: string;
  readonly copies: number;
}

/**
 * Fills a database with copies of payments that a companion has created. Copies all columns of the tables. No other process may
 * use the database.
 */
export function fillDatabase(file: string, templates: readonly Template[]): void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
  // Building indexes afterwards is faster than updating them with each row.
  const indexes = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    .all() as unknown as { name: string; sql: string }[];
  for (const { name } of indexes) db.exec(`DROP INDEX "${name}"`);
  let first = 0;
  for (const { paymentId, copies } of templates) {
    for (const [table, column] of Object.entries(TABLES))
      copyRows(db, { table, column, paymentId, first, copies });
    first += copies;
  }
  for (const { sql } of indexes) db.exec(sql);
  db.close();
}

interface Copies {
  readonly table: string;
  readonly column: string;
  readonly paymentId: string;
  /** The number of the first copy. Ids and times depend on it. */
  readonly first: number;
  readonly copies: number;
}

function copyRows(db: DatabaseSync, { table, column, paymentId, first, copies }: Copies): void {
  const rows = db.prepare(`SELECT * FROM ${table} WHERE "${column}" = ?`).all(paymentId);
  for (const [index, row] of rows.entries()) {
    const columns = Object.keys(row).filter(
      (name) => !NUMBERED.includes(name) && !NUMBERED.includes(`${table}.${name}`),
    );
    const values: SQLInputValue[] = [];
    const expressions = columns.map((name) => {
      const value = row[name] as SQLInputValue;
      if (UNIQUE.includes(name) || UNIQUE.includes(`${table}.${name}`)) return `'${index}' || id`;
      if (typeof value === 'string' && value.includes(paymentId)) {
        values.push(value, paymentId);
        return 'replace(?, ?, id)';
      }
      values.push(value);
      // Spreads times over the past, so that nothing is due.
      if (name.startsWith('next_') && name !== 'next_request_at') return 'iif(? is null, null, null)';
      if (typeof value === 'number' && value > DAY_MS * 365) return '? - age';
      return '?';
    });
    const insert = db.prepare(`
      WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?),
        copy(id, age) AS MATERIALIZED (SELECT printf('pay_%010x%010x', (i * 2654435761) % 1099511627776, i),
          CAST(${SPREAD_DAYS * DAY_MS} * (1 - i / 1e7) AS INTEGER) FROM n)
      INSERT INTO ${table} (${columns.map((name) => `"${name}"`).join()}) SELECT ${expressions.join()} FROM copy`);
    db.exec('BEGIN');
    for (let from = first; from < first + copies; from += ROWS_AT_ONCE) {
      insert.run(from, Math.min(from + ROWS_AT_ONCE, first + copies), ...values);
    }
    db.exec('COMMIT');
  }
}
