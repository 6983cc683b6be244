import { expect } from '@open-wc/testing';
import { nextStep, type LoopState, type Step } from '../../../src/widget/session/next-step.ts';
import { GRACE_MS } from '../../../src/widget/session/timing.ts';
import type { Answer } from '../../../src/widget/session/types.ts';

/** The state of a session that has a current snapshot and may open a stream. */
const READY: LoopState = {
  isOver: false,
  answer: null,
  isCurrent: true,
  graceMs: null,
  isResting: false,
  failures: 0,
  isBarred: false,
  barredMs: -1,
  random: 0.5,
};

const OK: Answer = { kind: 'ok', value: {}, askedAt: 0, answeredAt: 0 };
const TROUBLE: Answer = { kind: 'trouble', pauseMs: 0, received: null };
const BUSY: Answer = { ...TROUBLE, pauseMs: 90_000 };

function wait(ms: number, connection: 'polling' | 'offline' | null = null): Step {
  return { ms, connection };
}

/** With `random` 0.5, polls wait 3 s, resting polls 60 s, and failures at first 250 ms · 2^(failures − 1). */
const CASES: readonly (readonly [title: string, state: Partial<LoopState>, step: Step])[] = [
  ['asks at the start', { isCurrent: false }, 'ask'],
  [
    'waits at the start while an earlier session has just asked',
    { isCurrent: false, barredMs: 700 },
    wait(700),
  ],
  ['listens when the snapshot is current', {}, 'listen'],
  ['listens while the companion wants no questions', { barredMs: 5_000 }, 'listen'],
  ['listens after an answer', { answer: OK }, 'listen'],
  ['asks after a wake, a silent stream or one that failed', { isCurrent: false, answer: null }, 'ask'],
  ['asks after an answer that others have made old', { isCurrent: false, answer: OK }, 'ask'],

  ['asks rather than listens after failed questions', { failures: 1 }, 'ask'],
  ['asks not before the companion allows it', { failures: 1, barredMs: 30_000 }, wait(30_000)],
  ['asks at the very end of that time', { failures: 1, barredMs: 0 }, 'ask'],
  ['waits after the first failure, still connecting', { answer: TROUBLE, failures: 1 }, wait(250)],
  ['is offline after the second failure', { answer: TROUBLE, failures: 2 }, wait(500, 'offline')],
  ['waits longer with each failure', { answer: TROUBLE, failures: 5 }, wait(4_000, 'offline')],
  ['waits 10 s on average at most', { answer: TROUBLE, failures: 50 }, wait(10_000, 'offline')],
  ['waits for as long as Retry-After says', { answer: BUSY, failures: 1 }, wait(90_000)],
  [
    'waits by its own pace where Retry-After is over sooner',
    { answer: { ...BUSY, pauseMs: 1 }, failures: 3 },
    wait(1_000, 'offline'),
  ],
  [
    'waits after a failure while it rests',
    { answer: TROUBLE, failures: 2, isResting: true },
    wait(500, 'offline'),
  ],
  ['waits after a failure in the grace', { answer: TROUBLE, failures: 2, graceMs: 0 }, wait(500, 'offline')],

  ['asks while no stream may be opened', { isBarred: true }, 'ask'],
  ['polls while no stream may be opened', { isBarred: true, answer: OK }, wait(3_000, 'polling')],
  ['asks while it rests', { isResting: true }, 'ask'],
  ['polls rarely while it rests', { isResting: true, answer: OK }, wait(60_000, 'polling')],
  [
    'polls rarely while it rests and no stream may be opened',
    { isResting: true, isBarred: true, answer: OK },
    wait(60_000, 'polling'),
  ],

  ['asks when the stream has ended with a result', { graceMs: -Infinity }, 'ask'],
  ['asks then not before the companion allows it', { graceMs: -Infinity, barredMs: 400 }, wait(400)],
  ['polls for a late payment', { graceMs: 0, answer: OK }, wait(10_000, 'polling')],
  ['polls for it at growing intervals', { graceMs: 100_000, answer: OK }, wait(30_000, 'polling')],
  ['polls for it every minute in the end', { graceMs: 2 * GRACE_MS, answer: OK }, wait(60_000, 'polling')],
  [
    'polls for it at the same pace while it rests',
    { graceMs: GRACE_MS, answer: OK, isResting: true },
    wait(60_000, 'polling'),
  ],
  ['stops after the grace while it rests', { graceMs: GRACE_MS + 1, answer: OK, isResting: true }, 'stop'],
  ['asks once more before it stops', { graceMs: GRACE_MS + 1, isResting: true }, 'ask'],

  ['stops when it is over', { isOver: true }, 'stop'],
  ['stops when it is over, whatever was answered', { isOver: true, answer: TROUBLE, failures: 3 }, 'stop'],
  ['stops when it is over, in the grace', { isOver: true, answer: OK, graceMs: 0 }, 'stop'],
];

describe('the next step of a session', () => {
  for (const [title, state, step] of CASES) {
    it(title, () => expect(nextStep({ ...READY, ...state })).to.deep.equal(step));
  }

  it('spreads its waits by the random number', () => {
    const ms = (state: Partial<LoopState>, random: number): number =>
      (nextStep({ ...READY, ...state, random }) as { ms: number }).ms;
    for (const state of [
      { answer: OK, isBarred: true },
      { answer: OK, isResting: true },
      { answer: OK, graceMs: 0 },
      { answer: TROUBLE, failures: 2 },
    ]) {
      expect(ms(state, 0)).to.be.below(ms(state, 0.5));
      expect(ms(state, 0.5)).to.be.below(ms(state, 0.999));
    }
  });
});
