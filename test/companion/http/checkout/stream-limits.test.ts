import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '../../../../src/companion/http/plumbing/problems.ts';
import { StreamLimits } from '../../../../src/companion/http/checkout/stream-limits.ts';

const tooManyStreams = (error: unknown) =>
  error instanceof ProblemError && error.status === 429 && Number(error.headers['retry-after']) > 0;

describe('stream slots', () => {
  it('are bounded for the whole process, from whatever addresses and for whatever payments', () => {
    const slots = new StreamLimits(200, 50);
    const giveBack = Array.from({ length: 50 }, (_, i) => slots.take(`192.0.2.${i}`, `pay_${i}`));
    assert.throws(() => slots.take('198.51.100.1', 'pay_other'), tooManyStreams);
    giveBack[7]!();
    giveBack[7]!();
    slots.take('198.51.100.1', 'pay_other');
    assert.throws(() => slots.take('198.51.100.2', 'pay_another'), tooManyStreams);
  });

  it('have no bound at all when there is none for an address', () => {
    const slots = new StreamLimits(0, 1);
    for (let i = 0; i < 50; i++) slots.take('192.0.2.1', 'pay_1');
  });
});
