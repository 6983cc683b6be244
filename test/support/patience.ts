/**
 * For how long a test waits for what must come, in ms. Far longer than it takes: a machine ten times slower, or one with
 * ten times the work, makes it as well, and only what never comes is waited for that long.
 */
export const PATIENCE_MS = 120_000;
