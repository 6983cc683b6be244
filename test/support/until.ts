import assert from 'node:assert/strict';
import { PATIENCE_MS } from './patience.ts';

/** Waits until the condition is true. Throws if it does not become true in time. */
export async function until(
  done: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, `${what} not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
