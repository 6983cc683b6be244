import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  backoffMs,
  delayByAgeMs,
  jitteredMs,
  scheduledMs,
  WEBHOOK_RETRIES_MS,
  type Backoff,
} from '../../../src/companion/lib/backoff.ts';

describe('backoffMs', () => {
  const cases: readonly [string, Backoff, readonly number[]][] = [
    ['doubles up to the cap', { firstMs: 1_000, longestMs: 5_000 }, [1_000, 2_000, 4_000, 5_000, 5_000]],
    [
      'grows by another factor',
      { firstMs: 1_000, longestMs: 15_000, growth: 1.5 },
      [1_000, 1_500, 2_250, 3_375],
    ],
    ['never exceeds the cap, not at first either', { firstMs: 10, longestMs: 5 }, [5, 5]],
  ];
  for (const [title, backoff, expected] of cases) {
    it(title, () => {
      assert.deepEqual(
        expected.map((_, retries) => backoffMs(retries, backoff)),
        expected,
      );
    });
  }

  it('stays at the cap after any number of retries', () => {
    for (const retries of [50, 2_000, Number.MAX_SAFE_INTEGER]) {
      assert.equal(backoffMs(retries, { firstMs: 1_000, longestMs: 60_000 }), 60_000);
    }
  });
});

describe('scheduledMs', () => {
  it('repeats the last delay', () => {
    assert.deepEqual(
      [0, 1, 2, 5, 6, 100].map((retries) => scheduledMs(retries, WEBHOOK_RETRIES_MS)),
      [5_000, 20_000, 60_000, 3_600_000, 3_600_000, 3_600_000],
    );
  });
});

describe('delayByAgeMs', () => {
  it('is a whole share of the age, within its bounds', () => {
    const bounds = { share: 0.1, firstMs: 30_000, longestMs: 600_000 };
    const cases: readonly [number, number][] = [
      [-1, 30_000],
      [0, 30_000],
      [300_000, 30_000],
      [400_004, 40_000],
      [400_005, 40_001],
      [6_000_001, 600_000],
      [Infinity, 600_000],
    ];
    for (const [age, expected] of cases) assert.equal(delayByAgeMs(age, bounds), expected, String(age));
  });
});

describe('jitteredMs', () => {
  it('multiplies by a factor between the two bounds, the first for a random 0', () => {
    const cases: readonly [readonly [number, number], number, number][] = [
      [[0.8, 1.2], 0, 800],
      [[0.8, 1.2], 0.5, 1_000],
      [[1, 0.5], 0, 1_000],
      [[1, 0.5], 0.5, 750],
    ];
    for (const [bounds, random, expected] of cases) {
      assert.equal(
        jitteredMs(1_000, bounds, () => random),
        expected,
      );
    }
  });

  it('stays within its bounds with the default randomness', () => {
    for (let i = 0; i < 1_000; i++) {
      const ms = jitteredMs(1_000, [0.8, 1.2]);
      assert.ok(ms >= 800 && ms < 1_200, String(ms));
    }
  });
});
