import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import { snapshotSchema } from '../../../../src/protocol/schemas.ts';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { ScriptedProvider } from '../../../support/scripted-provider.ts';

async function sessionOf(shop: TestCompanion, token: string): Promise<Snapshot> {
  return v.parse(snapshotSchema, await (await shop.checkout('/session', token)).json());
}

describe('the reason of a failure', () => {
  it('is the bank’s no, where there was something to say no to; none of any other payment', async () => {
    const shop = await startCompanion();
    const { payment_id, token } = await shop.createPayment();
    assert.equal((await sessionOf(shop, token)).failure, null);
    await shop.sandbox(payment_id, 'decline');
    const { status, failure } = await sessionOf(shop, token);
    assert.deepEqual([status, failure], ['failed', 'declined']);
    await shop.stop();
  });

  it('is no bank’s no, where the payment system did not take the payment in the first place', async () => {
    const provider = new ScriptedProvider();
    provider.create = () => Promise.reject(new ProviderError('refused', 'no such shop'));
    const shop = await startCompanion({}, { providers: { sandbox: provider } });
    const { token } = await shop.createPayment();
    const { status, failure } = await sessionOf(shop, token);
    assert.deepEqual([status, failure], ['failed', 'unavailable']);
    await shop.stop();
  });
});
