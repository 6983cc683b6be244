import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { trySendRefund } from '../../../../src/companion/payments/refunds/send-refund.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { RefundRefused } from '../../../../src/companion/payments/refunds/refundable.ts';
import { ProviderError, type ProviderRefund } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

const RUNS = Number(process.env['REFUND_RUNS'] ?? 100);

/** The bank's answer to the first call for a refund. Later calls get the result. */
type Answer =
  'done' | 'declined' | 'later done' | 'later declined' | 'done, answer lost' | 'not heard' | 'refused';
const ANSWERS: readonly Answer[] = [
  'done',
  'done',
  'declined',
  'later done',
  'later declined',
  'done, answer lost',
  'not heard',
  'refused',
];

/** The bank's records: every refund in them has left the merchant's account. */
class Bank {
  readonly given = new Map<string, number>();
  readonly #ends = new Map<string, 'done' | 'declined'>();
  script: Answer[] = [];

  refund({ refundId, amount }: { refundId: string; amount: number }): Promise<ProviderRefund> {
    const end = this.#ends.get(refundId);
    if (end) return Promise.resolve(this.#end(refundId, amount, end));
    const answer = this.script.shift() ?? 'done';
    switch (answer) {
      case 'done':
      case 'declined':
        return Promise.resolve(this.#end(refundId, amount, answer));
      case 'later done':
      case 'later declined':
        this.#ends.set(refundId, answer === 'later done' ? 'done' : 'declined');
        return Promise.resolve({ status: 'pending' });
      case 'done, answer lost':
        this.#end(refundId, amount, 'done');
        return Promise.reject(new ProviderError('unavailable', 'the answer was lost'));
      case 'not heard':
        return Promise.reject(new ProviderError('unavailable', 'down'));
      case 'refused':
        this.#ends.set(refundId, 'declined');
        return Promise.reject(new ProviderError('refused', 'no'));
    }
  }

  #end(refundId: string, amount: number, end: 'done' | 'declined'): ProviderRefund {
    this.#ends.set(refundId, end);
    if (end === 'done') this.given.set(refundId, amount);
    return { status: end === 'done' ? 'succeeded' : 'failed' };
  }

  get sum(): number {
    return [...this.given.values()].reduce((sum, amount) => sum + amount, 0);
  }
}

/** Refunds requested in parallel (`null`: all that is left), and the events after them. */
interface Wave {
  readonly amounts: readonly (number | null)[];
  readonly answers: readonly Answer[];
  readonly then: 'nothing' | 'time' | 'restart';
}

const wave: fc.Arbitrary<Wave> = fc.record({
  amounts: fc.array(fc.option(fc.integer({ min: 1, max: AMOUNT + 1 }), { nil: null }), {
    minLength: 1,
    maxLength: 6,
  }),
  answers: fc.array(fc.constantFrom(...ANSWERS), { maxLength: 6 }),
  then: fc.constantFrom('nothing', 'nothing', 'time', 'restart'),
});

let ledger: Ledger;
let bank: Bank;
before(async () => {
  ledger = await Ledger.open();
});
after(() => ledger.close());

async function paidPayment(): Promise<string> {
  const { id } = await ledger.createPayment({ callbackUrl: null });
  const report = { reference: id, status: 'paid', amount: AMOUNT, currency: 'RUB' } as const;
  const delivery = { ...report, deliveryId: `${id} paid`, event: 'payment.paid' };
  assert.equal(
    await receiveWebhook(ledger.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') }),
    'applied',
  );
  return id;
}

/** Returns the accepted refunds; a refusal changes nothing. */
async function refund(paymentId: string, amount: number | null): Promise<number> {
  try {
    const order = { paymentId, amount, reason: null };
    return (await createRefund(ledger.ctx, order, () => Promise.resolve())).amount;
  } catch (error) {
    if (!(error instanceof RefundRefused)) throw error;
    return 0;
  }
}

async function check(paymentId: string): Promise<void> {
  const db = ledger.ctx.store.read;
  const payment = (await findPayment(db, paymentId))!;
  const refunds = await db.selectFrom('refunds').selectAll().where('paymentId', '=', paymentId).execute();
  const sum = (wanted: (status: string) => boolean) =>
    refunds.reduce((total, { amount, status }) => total + (wanted(status) ? amount : 0), 0);
  assert.ok(bank.sum <= AMOUNT, `the bank gave back ${bank.sum} of ${AMOUNT}`);
  assert.ok(sum((status) => status !== 'failed') <= AMOUNT, 'more was begun than was paid');
  assert.equal(
    payment.refundedAmount,
    sum((status) => status === 'succeeded'),
  );
  const { refundedAmount, status } = payment;
  assert.equal(
    status,
    refundedAmount === 0 ? 'paid' : refundedAmount < AMOUNT ? 'partial_refunded' : 'refunded',
  );
}

/** Runs the reconciler while the shop repeats its calls: both send the same refunds. */
async function repeatAll(paymentId: string): Promise<void> {
  const { ctx } = ledger;
  const refunds = await ctx.store.read
    .selectFrom('refunds')
    .selectAll()
    .where('paymentId', '=', paymentId)
    .execute();
  await Promise.all([ledger.look(), ...refunds.map((begun) => trySendRefund(ctx, begun))]);
}

async function settle(): Promise<void> {
  for (let round = 0; round < 8; round++) {
    ledger.time += 700_000;
    await ledger.look();
  }
}

describe('parallel partial refunds of one payment', () => {
  it(`never exceed the paid amount, whatever the bank answers (${RUNS} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wave, { minLength: 1, maxLength: 5 }), async (waves) => {
        bank = new Bank();
        ledger.provider.refund = (request) =>
          bank.refund(request) as ReturnType<typeof ledger.provider.refund>;
        const id = await paidPayment();
        for (const { amounts, answers, then } of waves) {
          bank.script = [...answers];
          await Promise.all(amounts.map((amount) => refund(id, amount)));
          await check(id);
          if (then === 'restart') await ledger.restart();
          if (then === 'time') {
            ledger.time += 6_000;
            await repeatAll(id);
          }
          await check(id);
        }
        bank.script = [];
        await settle();
        await check(id);
        assert.equal((await findPayment(ledger.ctx.store.read, id))!.refundedAmount, bank.sum);
        const rest = AMOUNT - bank.sum;
        assert.equal(await refund(id, null), rest, 'partial, then full: all that is left');
        assert.equal(bank.sum, AMOUNT);
        assert.equal(await refund(id, 1), 0);
        await check(id);
      }),
      { numRuns: RUNS },
    );
  });
});
