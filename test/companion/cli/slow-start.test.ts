import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCompanion } from '../../support/companion.ts';

/** Fastify's default limit in ms for the start of one plugin. */
const FASTIFY_MS = 10_000;

describe('the start of the companion', () => {
  it('takes as long as a busy machine needs', async (t) => {
    const real = globalThis.setTimeout;
    // Simulates that ten seconds pass before the plugin gets its turn.
    const early = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): unknown =>
      ms === FASTIFY_MS ? process.nextTick(callback, ...args) : real(callback, ms, ...args);
    const hasty = t.mock.method(globalThis, 'setTimeout', early as typeof real);
    const shop = await startCompanion();
    hasty.mock.restore();
    t.after(() => shop.stop());
    assert.equal((await fetch(`${shop.url}/healthz`)).status, 200);
  });
});
