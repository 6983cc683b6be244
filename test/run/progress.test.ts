import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../support/until.ts';
import { Progress } from './progress.ts';

describe('the progress of a run', () => {
  it('names what is still running, and for how long, as long as nothing else is said', async () => {
    const said: string[] = [];
    const progress = new Progress('unit', 3, (text) => said.push(text), 50);
    // Keeps the process alive, which the timer of `Progress` does not do.
    const alive = setInterval(() => undefined, 1_000);
    try {
      progress.begin('quick.test.ts');
      progress.end('quick.test.ts', '1 passed');
      progress.begin('long.test.ts');
      progress.begin('longer.test.ts');
      await until(() => said.length >= 3, 'two lines of what still runs');
      assert.match(said[0]!, /\[unit 1 of 3 files\] quick\.test\.ts: 1 passed/);
      for (const line of said.slice(1, 3)) {
        assert.match(
          line,
          /^\[unit 1 of 3 files\] still running: long\.test\.ts, \d+ s; longer\.test\.ts, \d+ s\n$/,
        );
      }
    } finally {
      clearInterval(alive);
      progress.close();
    }
  });
});
