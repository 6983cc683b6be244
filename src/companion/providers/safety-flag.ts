import * as v from 'valibot';

/**
 * A field that warns of something, as others send it: any value but `false` sets it, `1`, `"true"` and `"false"` included.
 * Whoever writes it otherwise than documented had better be looked at by a person than be taken for real money. `null` when the
 * field is `null` or missing: then nothing is said.
 */
export const safetyFlag = v.pipe(
  v.optional(v.unknown(), null),
  v.transform((value) => (value === null ? null : value !== false)),
);
