import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { SampledLog } from '../../../src/companion/lib/sampled-log.ts';

const MINUTE_MS = 60_000;

describe('SampledLog', () => {
  let lines: object[] = [];
  let log: SampledLog;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] });
    lines = [];
    log = new SampledLog({ warn: (fields, message) => void lines.push({ ...fields, message }) });
  });

  afterEach(() => mock.timers.reset());

  const flood = (count: number, kind = 'key') => {
    for (let n = 1; n <= count; n++) log.warn(kind, { n }, `a wrong ${kind}`);
  };

  it('writes the first at once, and then once a minute how many more there were', () => {
    flood(1_000);
    assert.deepEqual(lines, [{ n: 1, message: 'a wrong key' }]);
    mock.timers.tick(MINUTE_MS);
    assert.deepEqual(lines.slice(1), [{ n: 1_000, more: 999, message: 'a wrong key' }]);
    flood(2);
    mock.timers.tick(MINUTE_MS);
    assert.deepEqual(lines.slice(2), [{ n: 2, more: 2, message: 'a wrong key' }]);
  });

  it('writes each kind, and after a quiet minute the first again', () => {
    flood(2);
    flood(1, 'token');
    assert.equal(lines.length, 2);
    mock.timers.tick(2 * MINUTE_MS);
    assert.equal(lines.length, 3, 'nothing is said of a minute in which nothing came');
    flood(1);
    assert.equal(lines.length, 4);
  });

  it('tells at its end what it had counted', () => {
    flood(3);
    log.close();
    assert.deepEqual(lines.at(-1), { n: 3, more: 2, message: 'a wrong key' });
    mock.timers.tick(5 * MINUTE_MS);
    assert.equal(lines.length, 2);
  });
});
