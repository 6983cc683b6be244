import { DatabaseSync } from 'node:sqlite';

/** Records every SQL statement that this process prepares, on any database. */
export class QueryWatch {
  readonly statements = new Set<string>();
  readonly #prepare: DatabaseSync['prepare'];

  constructor() {
    const { statements } = this;
    const prepare = Reflect.get(DatabaseSync.prototype, 'prepare');
    this.#prepare = prepare;
    DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string, ...options: []) {
      statements.add(sql);
      return prepare.call(this, sql, ...options);
    };
  }

  stop(): void {
    DatabaseSync.prototype.prepare = this.#prepare;
  }
}

export interface Plan {
  readonly sql: string;
  /** One line for each step. */
  readonly steps: readonly string[];
}

/** Returns SQLite's plan for each statement that reads or changes rows. */
export function plansOf(file: string, statements: Iterable<string>): Plan[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return [...statements]
      .filter((sql) => /^\s*(with|select|insert|update|delete)\b/i.test(sql))
      .map((sql) => ({
        sql,
        steps: database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail)),
      }));
  } finally {
    database.close();
  }
}

/** Returns the names of the partial indexes. */
export function partialIndexes(file: string): Set<string> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return new Set(
      database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% where %'")
        .all()
        .map(({ name }) => String(name)),
    );
  } finally {
    database.close();
  }
}
