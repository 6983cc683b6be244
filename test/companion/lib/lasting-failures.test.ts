import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LastingFailures } from '../../../src/companion/lib/lasting-failures.ts';

const MINUTE_MS = 60_000;

describe('LastingFailures', () => {
  function failures() {
    let time = 0;
    const all = new LastingFailures(() => time);
    return { all, pass: (minutes: number) => (time += minutes * MINUTE_MS) };
  }

  it('tells once what has failed for five minutes, and tells its end', () => {
    const { all, pass } = failures();
    const told: boolean[] = [];
    for (let minute = 0; minute < 60; minute++) {
      told.push(all.failed('shop'));
      pass(1);
    }
    assert.deepEqual(
      told.flatMap((isTold, minute) => (isTold ? [minute] : [])),
      [5],
    );
    assert.equal(all.succeeded('shop'), true);
    assert.equal(all.succeeded('shop'), false);
    assert.equal(all.failed('shop'), false, 'the next failure is a first one');
  });

  it('says nothing of what works in between, of two tries, or of a storm within five minutes', () => {
    const { all, pass } = failures();
    for (let minute = 0; minute < 20; minute++) {
      assert.equal(all.failed('shaky'), false);
      if (minute % 4 === 3) assert.equal(all.succeeded('shaky'), false);
      for (let n = 0; n < 100; n++) assert.equal(all.failed(`storm ${minute}`), false);
      pass(1);
    }
    assert.equal(all.failed('rare'), false);
    pass(60);
    assert.equal(all.failed('rare'), false);
  });

  it('tells of each subject', () => {
    const { all, pass } = failures();
    for (let n = 0; n < 3; n++) {
      assert.equal(all.failed('a'), n === 2);
      assert.equal(all.failed('b'), n === 2);
      pass(3);
    }
  });
});
