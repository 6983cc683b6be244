import * as v from 'valibot';
import { invalidFields } from './problems.ts';

/** The parsed input, or a 422 that names every field at fault. */
export function parseQuery<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw invalidFields(
    result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message })),
  );
}
