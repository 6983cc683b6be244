import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Circuit } from '../../../src/companion/providers/circuit.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';

describe('the circuit breaker', () => {
  function circuit() {
    let time = 0;
    let asked = 0;
    const breaker = new Circuit(() => time);
    const answer = (how: 'ok' | 'refused' | 'unavailable' | 'bug') => () => {
      asked++;
      if (how === 'ok') return Promise.resolve('ok');
      return Promise.reject(how === 'bug' ? new TypeError('bug') : new ProviderError(how, how));
    };
    const call = (how: Parameters<typeof answer>[0]) =>
      breaker.run(answer(how)).catch((error: unknown) => (error as ProviderError).kind);
    return {
      call,
      breaker,
      pass: (ms: number) => (time += ms),
      asked: () => asked,
      fail: async (times: number) => {
        for (let i = 0; i < times; i++) await call('unavailable');
      },
    };
  }

  it('asks nobody during an outage, and tries one call after a rest', async () => {
    const { call, fail, pass, asked } = circuit();
    await fail(8);
    assert.equal(await call('ok'), 'unavailable');
    assert.equal(asked(), 8, 'nobody was asked');
    pass(2_000);
    assert.equal(await call('unavailable'), 'unavailable');
    assert.equal(asked(), 9);
    pass(2_000);
    assert.equal(await call('ok'), 'unavailable', 'the rest grows');
    pass(2_000);
    assert.equal(await call('ok'), 'ok');
    assert.equal(await call('ok'), 'ok');
  });

  it('lets one caller try, not all that wait', async () => {
    const { fail, pass, breaker } = circuit();
    await fail(8);
    pass(2_000);
    let settle: (value: string) => void = () => undefined;
    const trial = breaker.run(() => new Promise<string>((resolve) => (settle = resolve)));
    await assert.rejects(
      breaker.run(() => Promise.resolve('too many')),
      /not asked/,
    );
    settle('back');
    assert.equal(await trial, 'back');
    assert.equal(await breaker.run(() => Promise.resolve('again')), 'again');
  });

  it('never rests longer than half a minute', async () => {
    const { call, fail, pass } = circuit();
    await fail(8);
    for (let i = 0; i < 20; i++) {
      pass(30_000);
      await call('unavailable');
    }
    pass(30_000);
    assert.equal(await call('ok'), 'ok');
  });

  it('takes a refusal, and a fault of ours, for no outage', async () => {
    const { call, fail, asked } = circuit();
    await fail(7);
    await call('refused');
    await fail(7);
    await call('bug');
    await fail(7);
    assert.equal(await call('ok'), 'ok');
    assert.equal(asked(), 24);
  });
});
