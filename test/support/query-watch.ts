import { DatabaseSync } from 'node:sqlite';

/** Every statement that this process has prepared on any database since the watch began. */
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

/** How SQLite would run each of the statements that read or change rows. */
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

/** The names of the indexes that hold only some rows of their table. */
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
