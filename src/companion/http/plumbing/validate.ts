import * as v from 'valibot';
import { LIST_FOR_BODY, toFieldErrors } from './field-errors.ts';
import { invalidFields } from './problems.ts';

/** Returns the parsed input. Throws a 422 that names every invalid field. */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  if (Array.isArray(input) && input.length > 0) throw invalidFields([LIST_FOR_BODY]);
  // PHP writes an empty object as an empty list.
  const result = v.safeParse(schema, Array.isArray(input) ? {} : input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw invalidFields(toFieldErrors(result.issues));
}

/** Returns the parsed query. An empty parameter (`?status=`) is the same as a missing one. */
export function parseQuery<Schema extends v.GenericSchema>(
  schema: Schema,
  query: unknown,
): v.InferOutput<Schema> {
  const given = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== '');
  return parseInput(schema, Object.fromEntries(given));
}
