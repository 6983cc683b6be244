import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Reader } from './store.ts';

/** Stands for a value while the query is written. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is written and compiled once, for those that run with every webhook: building and compiling one costs
 * more than SQLite takes to run it. `write` gets a placeholder for each of the first call's values, to pass on and not
 * to look at; every further call has to give values of the same names.
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
    // A name that is missing gives undefined, which the database refuses to bind.
    const parameters = template.query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...template.query, parameters });
  };
}
