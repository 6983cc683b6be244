/**
 * The time in ms that a test waits for an expected event. Much longer than needed, so that a machine ten times slower
 * or busier passes as well. A test waits this long only when it fails.
 */
export const PATIENCE_MS = 120_000;
