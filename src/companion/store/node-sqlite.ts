import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Kysely generates few distinct statements. The limit removes rare ones, such as those with `in (…)` lists. */
const MAX_STATEMENTS = 200;

/** Adapts `node:sqlite` to the interface that Kysely's SQLite dialect expects. */
export class NodeSqlite implements SqliteDatabase {
  readonly #db: DatabaseSync;
  #locked = false;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 5000 });
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Sets how long a statement waits for a lock of another program, ms. The process is blocked meanwhile. */
  waitAtMost(ms: number): void {
    this.#db.exec(`PRAGMA busy_timeout = ${ms}`);
  }

  /** Takes the write lock for the next transaction that Kysely begins. Throws when another program holds it. */
  lock(): void {
    this.#db.exec('begin immediate');
    this.#locked = true;
  }

  /** Runs one statement that returns no rows. */
  run(sql: string): void {
    this.prepare(sql).run([]);
  }

  prepare(sql: string): SqliteStatement {
    if (sql === 'begin' && this.#locked) {
      // `lock` has begun the transaction. A failure here would be too late: Kysely never releases the connection then.
      this.#locked = false;
      return NOTHING;
    }
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = adapt(this.#db.prepare(sql), sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#db.close();
  }
}

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

function adapt(statement: StatementSync, sql: string): SqliteStatement {
  return {
    reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql),
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) =>
      statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
  };
}
