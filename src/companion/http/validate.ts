import * as v from 'valibot';
import { toFieldErrors } from '../payments/field-errors.ts';
import { invalidFields, ProblemError } from './problems.ts';

/** The parsed input, or a 422 that names every field at fault. */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw invalidFields(toFieldErrors(result.issues));
}

/** An empty `?status=` says the same as none. */
export function parseQuery<Schema extends v.GenericSchema>(
  schema: Schema,
  query: unknown,
): v.InferOutput<Schema> {
  const given = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== '');
  return parseInput(schema, Object.fromEntries(given));
}

/** Deeper than any request of ours; far deeper ones overflow the stack of whatever walks them next. */
const MAX_DEPTH = 32;

/** The refusal of a body that is nested too deep; `undefined` for one that is not. */
export function tooDeep(body: unknown): ProblemError | undefined {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return undefined;
  }
  return new ProblemError(422, 'too_deep', `The body is nested deeper than ${MAX_DEPTH} levels.`);
}
