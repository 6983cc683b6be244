import { describe, it, mock } from 'node:test';
import assert from 'node:assert/strict';
import { pino } from 'pino';
import { NoUsableResponse } from '../../../src/companion/providers/provider-http.ts';
import type { PaymentRef } from '../../../src/companion/providers/provider.ts';
import { instrumentedProvider } from '../../../src/companion/providers/instrumented.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';

/** Written as an acquirer's own class may be. */
class ClassyProvider extends ScriptedProvider {
  readonly #missing = { path: 'customer.email', message: 'is needed' };
  objections() {
    return [this.#missing];
  }
  override parseWebhook(): never {
    throw new Error(this.#missing.path);
  }
}

const log = pino({ level: 'silent' });

describe('a call to a provider', () => {
  it('works with a class that has private fields', () => {
    const provider = instrumentedProvider(
      'sbp-api',
      new ClassyProvider(),
      { providerCalled: () => undefined },
      log,
    );
    assert.equal(provider.objections!({ customer: {}, method: 'sbp' })[0]?.message, 'is needed');
    assert.throws(() => provider.parseWebhook({ headers: {}, body: Buffer.alloc(0) }), /customer.email/);
    assert.equal('ownBanks' in provider, false);
  });

  it('that never ends is rejected after the timeout, and counted as unavailable', async () => {
    const counted: unknown[] = [];
    const metrics = { providerCalled: (...call: unknown[]) => void counted.push(call.slice(0, 3)) };
    const provider = new ScriptedProvider();
    const payment: PaymentRef = {
      reference: 'r-1',
      providerPaymentId: null,
      method: 'sbp',
      amount: 1,
      currency: 'RUB',
    };
    provider.status = () => new Promise(() => undefined);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const answer = instrumentedProvider('sbp-api', provider, metrics, log).status(payment);
      mock.timers.tick(60_000);
      await assert.rejects(answer, (error) => error instanceof NoUsableResponse);
    } finally {
      mock.timers.reset();
    }
    assert.deepEqual(counted, [['sbp-api', 'status', 'unavailable']]);
  });
});
