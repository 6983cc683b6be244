import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WallClock } from '../../../src/companion/lib/wall-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 400 * 24 * HOUR_MS;

/** Both clocks under the test's control: passing time moves both, a step moves only the wall clock. */
function clocks() {
  const time = { wall: Date.UTC(2026, 5, 15), steady: 5_000 };
  const steps: number[] = [];
  const clock = new WallClock({
    now: () => time.wall,
    monotonic: () => time.steady,
    onStep: (stepMs) => steps.push(stepMs),
  });
  return {
    clock,
    steps,
    now: () => time.wall,
    step: (ms: number) => void (time.wall += ms),
    pass: (ms: number) => {
      time.wall += ms;
      time.steady += ms;
    },
  };
}

describe('a wall clock', () => {
  it('is relied upon while it goes with the monotonic one, for however long', () => {
    const { clock, pass } = clocks();
    for (const ms of [0, 1_000, 59 * MINUTE_MS, 30 * HOUR_MS, YEAR_MS]) {
      pass(ms);
      assert.ok(clock.isReliable(), `after ${ms} ms`);
    }
  });

  for (const ms of [YEAR_MS, -YEAR_MS, HOUR_MS + MINUTE_MS, -HOUR_MS - MINUTE_MS]) {
    it(`is not for ten minutes after a step of ${ms} ms, nor after the step back`, () => {
      const { clock, step, pass, steps } = clocks();
      step(ms);
      assert.equal(clock.reliableInMs(), 10 * MINUTE_MS);
      pass(MINUTE_MS);
      assert.equal(clock.reliableInMs(), 9 * MINUTE_MS);
      step(-ms);
      assert.equal(clock.reliableInMs(), 10 * MINUTE_MS);
      pass(10 * MINUTE_MS - 1);
      assert.ok(!clock.isReliable());
      pass(1);
      assert.ok(clock.isReliable());
      assert.deepEqual(steps, [ms, -ms]);
    });
  }

  it('may be corrected a little, and not by much in small steps', () => {
    const { clock, step, pass } = clocks();
    step(HOUR_MS / 2);
    assert.ok(clock.isReliable());
    pass(MINUTE_MS);
    step(HOUR_MS / 2 + 1);
    assert.ok(!clock.isReliable());
  });

  it('is compared with the last life’s: not after a long pause, nor by a clock that was set back', () => {
    for (const [pauseMs, reliable] of [
      [MINUTE_MS, true],
      [4 * MINUTE_MS, true],
      [6 * MINUTE_MS, false],
      [YEAR_MS, false],
      [-HOUR_MS, false],
    ] as const) {
      const { clock, now, pass } = clocks();
      clock.resume(now() - pauseMs);
      assert.equal(clock.isReliable(), reliable, `${pauseMs} ms`);
      pass(10 * MINUTE_MS);
      assert.ok(clock.isReliable());
    }
    const first = clocks();
    first.clock.resume(null);
    assert.ok(first.clock.isReliable());
  });
});
