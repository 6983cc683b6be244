import * as v from 'valibot';

/**
 * A field that warns of something, as others send it: any value but `false` sets it, `1`, `"true"` and `"false"` included.
 * A value that is not documented must not pass for real money; a person looks at it. `null` when the
 * field is `null` or missing: then nothing is said.
 */
export const safetyFlag = v.pipe(
  v.optional(v.unknown(), null),
  v.transform((value) => (value === null ? null : value !== false)),
);
