import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { NoUsableResponse } from '../../../../src/companion/providers/provider-http.ts';
import { ProviderError, type ProviderReport } from '../../../../src/companion/providers/provider.ts';
import { Ledger } from '../../../support/ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

/** Advances the clock step by step. The reconciler runs after each step. */
async function wait(ms: number, step = 5 * MINUTE_MS): Promise<void> {
  for (const end = ledger.time + ms; ledger.time < end;) {
    ledger.time = Math.min(end, ledger.time + step);
    await ledger.look();
  }
}

async function expired(): Promise<string> {
  const { id, deadline } = await ledger.createPayment();
  ledger.time = deadline + 1_000;
  await ledger.look();
  assert.equal((await ledger.paymentOf(id)).status, 'expired');
  return id;
}

async function canceledUnheard(): Promise<string> {
  const payment = await ledger.createPayment();
  ledger.provider.down = 'before';
  assert.equal((await cancelPayment(ledger.ctx, payment, { source: 'merchant' })).status, 'canceled');
  return payment.id;
}

const reasonsOf = async (id: string) => (await ledger.attentionOf(id)).map(({ reason }) => reason);

/** Ways in which a provider does not report the payment. */
const SILENCES: Record<string, () => Promise<never>> = {
  'answers 500': () => Promise.reject(new NoUsableResponse('the provider answered 500', true)),
  'refuses the connection': () =>
    Promise.reject(new NoUsableResponse('refused', true, { mayHaveTakenEffect: false })),
  'turns our key away': () =>
    Promise.reject(new NoUsableResponse('the provider answered 401', false, { mayHaveTakenEffect: false })),
  'is spared by the circuit': () =>
    Promise.reject(new ProviderError('unavailable', 'not asked', { mayHaveTakenEffect: false })),
};

/** Pays during an outage of the provider. Returns true if the money is found within a week after the outage. */
async function isFound(
  id: string,
  outageMs: number,
  silence: () => Promise<ProviderReport>,
): Promise<boolean> {
  const status = ledger.provider.status.bind(ledger.provider);
  const cancel = ledger.provider.cancel.bind(ledger.provider);
  Object.assign(ledger.provider, { status: silence, cancel: silence });
  await wait(outageMs);
  ledger.provider.created.get(id)!.status = 'paid';
  Object.assign(ledger.provider, { status, cancel, down: 'no' });
  await wait(7 * DAY_MS, HOUR_MS);
  const { status: after, late } = await ledger.paymentOf(id);
  return after === 'paid' && late;
}

describe('late money', () => {
  for (const [how, silence] of Object.entries(SILENCES)) {
    it(`is found after an outage of hours in which the provider ${how}`, async () => {
      assert.ok(await isFound(await expired(), 2 * HOUR_MS, silence));
    });
  }

  it('is found after a week without an answer', async () => {
    assert.ok(await isFound(await expired(), 7 * DAY_MS, SILENCES['answers 500']!));
  });

  it('is found on a code that could not be closed, after a week without an answer', async () => {
    assert.ok(await isFound(await canceledUnheard(), 7 * DAY_MS, SILENCES['answers 500']!));
  });

  it('is overlooked where silence counts as an answer (the control)', async () => {
    const id = await expired();
    const counted = () =>
      Promise.resolve({ reference: id, status: 'expired', amount: null, currency: null } as const);
    assert.equal(await isFound(id, 7 * DAY_MS, counted), false);
  });

  it('is asked for again with growing pauses, and within a tenth of the outage once that is over', async () => {
    const id = await expired();
    const asked: number[] = [];
    ledger.provider.status = () => {
      asked.push(ledger.time);
      return SILENCES['answers 500']!();
    };
    await wait(DAY_MS, MINUTE_MS);
    const pauses = asked.slice(1).map((at, i) => at - asked[i]!);
    assert.ok(asked.length < 60, `asked ${asked.length} times in a day`);
    assert.ok(pauses.at(-1)! > 10 * pauses[0]!, `pauses of ${pauses[0]} and ${pauses.at(-1)} ms`);
    delete (ledger.provider as Partial<typeof ledger.provider>).status;
    ledger.provider.created.get(id)!.status = 'paid';
    await wait(DAY_MS / 10 + MINUTE_MS, MINUTE_MS);
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
  });
});

describe('a payment of whose end nothing is heard', () => {
  it('is told once, hours after its end, across a restart', async () => {
    const id = await expired();
    ledger.provider.down = 'before';
    await wait(2.9 * HOUR_MS);
    assert.deepEqual(await reasonsOf(id), []);
    await wait(HOUR_MS);
    assert.deepEqual(await reasonsOf(id), ['overdue']);
    await ledger.restart();
    await wait(DAY_MS, HOUR_MS);
    assert.deepEqual(await reasonsOf(id), ['overdue']);
  });

  it('is told also of a code that nobody could be asked to close', async () => {
    const id = await canceledUnheard();
    await wait(4 * HOUR_MS);
    assert.deepEqual(await reasonsOf(id), ['overdue']);
  });

  it('is told of a code that goes on being called open after it was closed', async () => {
    const payment = await ledger.createPayment();
    const open = ({ reference }: { reference: string }) =>
      Promise.resolve({ reference, status: 'created', amount: null, currency: null } as const);
    Object.assign(ledger.provider, { status: open, cancel: open });
    await cancelPayment(ledger.ctx, payment, { source: 'merchant' });
    await wait(5 * HOUR_MS);
    assert.deepEqual(await reasonsOf(payment.id), ['overdue']);
  });

  it('is asked about no more after 30 days, and a webhook still counts', async () => {
    const id = await expired();
    ledger.provider.down = 'before';
    await wait(31 * DAY_MS, 6 * HOUR_MS);
    let asked = 0;
    ledger.provider.status = () => {
      asked++;
      return SILENCES['answers 500']!();
    };
    await wait(10 * DAY_MS, 6 * HOUR_MS);
    assert.equal(asked, 0);
    assert.equal(await ledger.tell(id, 'paid'), 'applied');
  });

  it('is nothing to tell once its provider has called it over, nor where nobody has seen a code', async () => {
    const id = await expired();
    ledger.provider.created.get(id)!.status = 'expired';
    await wait(DAY_MS, HOUR_MS);
    ledger.provider.down = 'before';
    const { id: unseen } = await ledger.createPayment();
    await wait(DAY_MS, HOUR_MS);
    assert.deepEqual([await reasonsOf(id), await reasonsOf(unseen)], [[], []]);
  });
});
