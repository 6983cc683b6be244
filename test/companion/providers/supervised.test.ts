import { describe, it, mock } from 'node:test';
import assert from 'node:assert/strict';
import { NoAnswer } from '../../../src/companion/providers/http.ts';
import type { PaymentRef } from '../../../src/companion/providers/provider.ts';
import { supervised } from '../../../src/companion/providers/supervised.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';

describe('a call to a provider', () => {
  it('that never comes back ends as silence, and is counted as unavailable', async () => {
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
      const answer = supervised('sbp-api', provider, metrics).status(payment);
      mock.timers.tick(60_000);
      await assert.rejects(answer, (error) => error instanceof NoAnswer);
    } finally {
      mock.timers.reset();
    }
    assert.deepEqual(counted, [['sbp-api', 'status', 'unavailable']]);
  });
});
