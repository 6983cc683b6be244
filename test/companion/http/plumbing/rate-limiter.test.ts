import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimiter } from '../../../../src/companion/http/plumbing/rate-limiter.ts';

function limiterAt(perMinute: number, maxKeys?: number) {
  const clock = { ms: 0 };
  const limiter = new RateLimiter({
    calls: perMinute,
    perMs: 60_000,
    now: () => clock.ms,
    ...(maxKeys === undefined ? {} : { maxKeys }),
  });
  return { clock, limiter };
}

describe('the rate limiter', () => {
  it('lets the whole allowance through at once, then one by one at its pace', () => {
    for (const perMinute of [1, 7, 60, 600, 9_999]) {
      const { clock, limiter } = limiterAt(perMinute);
      for (let i = 0; i < perMinute; i++) assert.equal(limiter.take('a'), 0, `call ${i} of ${perMinute}`);
      const wait = limiter.take('a');
      assert.ok(wait > 0 && wait <= 60_000 / perMinute + 1e-6, `${wait} ms`);
      clock.ms += Math.ceil(wait);
      assert.equal(limiter.take('a'), 0);
      assert.ok(limiter.take('a') > 0);
    }
  });

  it('never lets more than the allowance and a minute of its pace through, however the calls are spread', () => {
    const { clock, limiter } = limiterAt(60);
    let taken = 0;
    for (; clock.ms < 60_000; clock.ms += 50) if (limiter.take('a') === 0) taken++;
    assert.ok(taken >= 118 && taken <= 120, `${taken}`);
  });

  it('knows days as well as minutes', () => {
    let now = 0;
    const limiter = new RateLimiter({ calls: 10, perMs: 86_400_000, now: () => now });
    const letThrough = (hours: number) => {
      let through = 0;
      for (const end = now + hours * 3_600_000; now < end; now += 60_000)
        if (limiter.take('phone') === 0) through++;
      return through;
    };
    assert.equal(letThrough(2), 10);
    assert.equal(letThrough(24), 10);
  });

  it('keeps callers apart, and a refused call costs nothing', () => {
    const { clock, limiter } = limiterAt(2);
    limiter.take('a');
    limiter.take('a');
    for (let i = 0; i < 100; i++) assert.ok(limiter.take('a') > 0);
    assert.equal(limiter.take('b'), 0);
    clock.ms += 30_000;
    assert.equal(limiter.take('a'), 0);
  });

  it('forgets keys that are whole again, and never keeps more than its bound', () => {
    const { clock, limiter } = limiterAt(600, 1000);
    for (let i = 0; i < 100_000; i++) limiter.take(`key ${i}`);
    assert.equal(limiter.size, 1000);
    clock.ms += 61_000;
    limiter.take('late');
    assert.equal(limiter.size, 1);
  });

  it('is off at 0', () => {
    const { limiter } = limiterAt(0);
    for (let i = 0; i < 10_000; i++) assert.equal(limiter.take('a'), 0);
    assert.equal(limiter.size, 0);
  });
});
