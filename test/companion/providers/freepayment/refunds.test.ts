import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  ProviderError,
  type Provider,
  type RefundRequest,
} from '../../../../src/companion/providers/provider.ts';
import { answering, kindOf, payment, ScriptedAcquirer, UID } from '../../../support/freepayment.ts';
import { FAULTS } from '../../../support/upstream-proxy.ts';

describe('a refund at freepayment', () => {
  let acquirer: ScriptedAcquirer;
  let provider: Provider;
  before(async () => {
    acquirer = await ScriptedAcquirer.start();
    provider = acquirer.provider();
  });
  after(() => acquirer.stop());
  beforeEach(() => {
    acquirer.calls.length = 0;
  });

  const refund: RefundRequest = {
    payment,
    refundId: 'rfd_ABCDEFGHIJKLMNOPQRST',
    providerRefundId: null,
    repeated: false,
    amount: 500,
    reason: null,
  };
  const made = { uid: 'theirs', parent_uid: UID, type: 'refund', status: 'pending', amount: 500 };
  const says = (fields: object, status = 200) => {
    acquirer.trick = answering({ transaction: { ...made, ...fields } }, status);
  };

  it('has the required reason, with our id even if the shop gives none', async () => {
    says({});
    assert.deepEqual(await provider.refund(refund), {
      status: 'pending',
      providerRefundId: 'theirs',
      test: null,
    });
    assert.deepEqual(JSON.parse(acquirer.calls[0]!.body), {
      request: { parent_uid: UID, amount: 500, reason: 'Возврат rfd_ABCDEFGHIJKLMNOPQRST' },
    });
  });

  it('is read by its uid once it is requested', async () => {
    for (const [status, ours] of Object.entries({
      pending: 'pending',
      successful: 'succeeded',
      failed: 'failed',
      error: 'failed',
      expired: 'failed',
      deleted: 'failed',
      teleported: 'pending',
    })) {
      says({ status });
      const answer = await provider.refund({ ...refund, providerRefundId: 'theirs', repeated: true });
      assert.equal(answer.status, ours, status);
    }
    assert.ok(
      acquirer.calls.every(({ method, path }) => `${method} ${path}` === 'GET /beyag/transactions/theirs'),
    );
    acquirer.trick = answering({ message: 'odd', errors: {} }, 422);
    assert.equal(await kindOf(provider.refund({ ...refund, providerRefundId: 'theirs' })), 'unavailable');
  });

  it('is never requested twice, whatever happened to the first call', async () => {
    for (const fault of [
      'hangs up',
      'answers half a message',
      'answers 502 with a page',
      'answers something else',
    ]) {
      acquirer.calls.length = 0;
      acquirer.trick = FAULTS[fault]!;
      assert.equal(await kindOf(provider.refund(refund)), 'unavailable', fault);
      assert.equal(acquirer.calls.length, 1, fault);
    }
    acquirer.calls.length = 0;
    const again = provider.refund({ ...refund, repeated: true });
    await assert.rejects(again, /it is unknown whether rfd_ABCDEFGHIJKLMNOPQRST was made/);
    assert.equal(acquirer.calls.length, 0);
  });

  it('is requested again if the first call certainly had no effect', async () => {
    const asked = async (status: number) => {
      acquirer.trick = answering({ message: 'no' }, status);
      const error = await provider.refund(refund).catch((error: unknown) => error as ProviderError);
      return error instanceof ProviderError && `${error.kind}: ${error.mayHaveTakenEffect}`;
    };
    for (const status of [401, 404, 405, 429]) {
      assert.equal(await asked(status), 'unavailable: false', String(status));
    }
    assert.equal(await asked(409), 'unavailable: true');
    assert.equal(await asked(422), 'refused: true');
  });

  it('is requested twice if the operator allows it; a refusal then says nothing', async () => {
    const bold = acquirer.provider({ repeatRefunds: true });
    says({ status: 'successful' });
    assert.equal((await bold.refund({ ...refund, repeated: true })).status, 'succeeded');
    acquirer.trick = answering({ message: 'more than was paid', errors: { amount: [] } }, 422);
    assert.equal(await kindOf(bold.refund({ ...refund, repeated: true })), 'unavailable');
    assert.equal(await kindOf(bold.refund(refund)), 'refused');
  });

  it('is rejected if the response is about another refund', async () => {
    for (const other of [{ parent_uid: 'other' }, { amount: 501 }, { type: 'payment' }]) {
      says(other);
      assert.equal(await kindOf(provider.refund(refund)), 'unavailable', JSON.stringify(other));
    }
    says({ uid: 'another' });
    assert.equal(await kindOf(provider.refund({ ...refund, providerRefundId: 'theirs' })), 'unavailable');
  });
});
