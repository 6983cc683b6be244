import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CircuitBreaker } from '../../../src/companion/providers/circuit-breaker.ts';
import { NoUsableResponse } from '../../../src/companion/providers/provider-http.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';

const OUTCOMES = {
  silent: new NoUsableResponse('silent', true),
  refused: new ProviderError('refused', 'refused'),
  'not known yet': new ProviderError('unavailable', 'it was heard'),
  'not asked': new ProviderError('unavailable', 'it has no id yet', { mayHaveTakenEffect: false }),
  bug: new TypeError('bug'),
};

describe('the circuit breaker', () => {
  function circuit() {
    let time = 0;
    let asked = 0;
    const breaker = new CircuitBreaker(() => time);
    const answer = (how: 'ok' | keyof typeof OUTCOMES) => () => {
      asked++;
      return how === 'ok' ? Promise.resolve('ok') : Promise.reject(OUTCOMES[how]);
    };
    const call = (how: Parameters<typeof answer>[0]) =>
      breaker.run(answer(how)).catch((error: unknown) => (error as ProviderError).kind);
    return {
      call,
      breaker,
      pass: (ms: number) => (time += ms),
      asked: () => asked,
      fail: async (times: number) => {
        for (let i = 0; i < times; i++) await call('silent');
      },
    };
  }

  it('skips calls during an outage, and lets one call through after a pause', async () => {
    const { call, fail, pass, asked } = circuit();
    await fail(8);
    assert.equal(await call('ok'), 'unavailable');
    assert.equal(asked(), 8, 'nobody was asked');
    pass(2_000);
    assert.equal(await call('silent'), 'unavailable');
    assert.equal(asked(), 9);
    pass(2_000);
    assert.equal(await call('ok'), 'unavailable', 'the rest grows');
    pass(2_000);
    assert.equal(await call('ok'), 'ok');
    assert.equal(await call('ok'), 'ok');
  });

  it('lets one caller through, not all that wait', async () => {
    const { fail, pass, breaker } = circuit();
    await fail(8);
    pass(2_000);
    let settle: (value: string) => void = () => undefined;
    const trial = breaker.run(() => new Promise<string>((resolve) => (settle = resolve)));
    await assert.rejects(
      breaker.run(() => Promise.resolve('too many')),
      /call skipped/,
    );
    settle('back');
    assert.equal(await trial, 'back');
    assert.equal(await breaker.run(() => Promise.resolve('again')), 'again');
  });

  it('never pauses longer than half a minute', async () => {
    const { call, fail, pass } = circuit();
    await fail(8);
    for (let i = 0; i < 20; i++) {
      pass(30_000);
      await call('silent');
    }
    pass(30_000);
    assert.equal(await call('ok'), 'ok');
  });

  it('does not count a usable response or our own error as an outage', async () => {
    const { call, fail, asked } = circuit();
    for (const how of ['refused', 'not known yet', 'bug'] as const) {
      await fail(7);
      await call(how);
    }
    for (let i = 0; i < 20; i++) await call('not known yet');
    await fail(7);
    assert.equal(await call('ok'), 'ok');
    assert.equal(asked(), 7 + 1 + 7 + 1 + 7 + 1 + 20 + 7 + 1);
  });

  it('closes after any usable response', async () => {
    const { call, fail, pass, asked } = circuit();
    await fail(8);
    pass(2_000);
    await call('not known yet');
    await call('ok');
    assert.equal(asked(), 10);
  });

  it('ignores a call that was skipped', async () => {
    const { call, fail, pass, asked } = circuit();
    for (let i = 0; i < 20; i++) await call('not asked');
    await fail(7);
    await call('not asked');
    await fail(1);
    await call('ok');
    assert.equal(asked(), 29, 'the eighth in a row');
    pass(2_000);
    await call('not asked');
    await call('silent');
    await call('ok');
    assert.equal(asked(), 31, 'the outage goes on');
  });
});
