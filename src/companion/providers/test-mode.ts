import * as v from 'valibot';

/**
 * The field of a message that says whether a payment or a refund is in test mode. `true` for every value except `false`,
 * so also for `1`, `"true"` and `"false"`: an undocumented value must not pass for real money. `null` when the field is
 * `null` or missing.
 */
export const testModeField = v.pipe(
  v.optional(v.unknown(), null),
  v.transform((value) => (value === null ? null : value !== false)),
);
