import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Reader } from './store.ts';

/** Stands for a value while the query is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Returns a query that is built and compiled once. Use it for queries that run with every webhook: compiling costs more than
 * SQLite takes to run them. `write` gets a placeholder for each value of the first call and must only pass them on. Every
 * call must give values with the same names.
 */
export function prepared<Values extends object, Row>(
  write: (db: Reader, values: Values) => Compilable<Row>,
): (db: Reader, values: Values) => Promise<QueryResult<Row>> {
  let template: { query: CompiledQuery<Row>; names: number } | undefined;
  return (db, values) => {
    const names = Object.keys(values);
    template ??= {
      query: write(
        db,
        Object.fromEntries(names.map((name) => [name, new Placeholder(name)])) as Values,
      ).compile(),
      names: names.length,
    };
    if (names.length !== template.names) throw new Error(`not the values of ${template.query.sql}`);
    // A missing name gives undefined, which SQLite refuses to bind.
    const parameters = template.query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...template.query, parameters });
  };
}
