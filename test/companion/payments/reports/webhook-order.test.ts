import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ProviderDelivery } from '../../../../src/companion/providers/provider.ts';
import { addAttempt } from '../../../../src/companion/payments/model/attempts.ts';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { findEvents, findPayment } from '../../../../src/companion/payments/model/queries.ts';
import type { PaymentStatus } from '../../../../src/protocol/status.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

const SANDBOX = { provider: 'sandbox', method: 'sbp', deadline: Date.UTC(2026, 1) } as const;
const DAY_MS = 24 * 3_600_000;

let ledger: Ledger;
before(async () => {
  ledger = await Ledger.open();
});
after(() => ledger.close());

/** The statuses that a bank may correctly report for one payment, and the final status. */
const LIVES: readonly { said: readonly PaymentStatus[]; end: PaymentStatus }[] = [
  { said: ['processing', 'paid'], end: 'paid' },
  { said: ['processing', 'failed'], end: 'failed' },
  { said: ['processing', 'expired'], end: 'expired' },
  { said: ['processing', 'expired', 'paid'], end: 'paid' },
  { said: ['processing', 'canceled', 'paid'], end: 'paid' },
  { said: ['processing', 'paid', 'refunded'], end: 'refunded' },
  { said: ['paid', 'partial_refunded', 'refunded'], end: 'refunded' },
  { said: ['created', 'processing', 'paid', 'partial_refunded', 'refunded'], end: 'refunded' },
];

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

async function newPayment(): Promise<string> {
  const payment = await ledger.createPayment();
  return payment.id;
}

async function tell(reference: string, status: PaymentStatus): Promise<string> {
  const delivery: ProviderDelivery = {
    deliveryId: `${reference} ${status}`,
    event: `payment.${status}`,
    reference,
    status,
    amount: AMOUNT,
    currency: 'RUB',
  };
  return receiveWebhook(ledger.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') });
}

describe('the order of webhooks', () => {
  for (const { said, end } of LIVES) {
    it(`does not matter: ${said.join(', ')} end as ${end} in every order, each sent twice`, async () => {
      for (const order of permutations(said)) {
        const id = await newPayment();
        // The bank's own records have the final status: a status query returns it.
        ledger.provider.created.get(id)!.status = end === 'refunded' ? 'paid' : end;
        for (const status of [...order, ...order]) await tell(id, status);
        for (let round = 0; round < 3; round++) {
          ledger.time += 60_000;
          await ledger.look();
        }
        const payment = (await findPayment(ledger.ctx.store.read, id))!;
        assert.equal(payment.status, end, order.join(', '));
        const events = await findEvents(ledger.ctx.store.read, id);
        const changes = events.filter((event) => event.statusBefore !== event.statusAfter);
        const queued = await ledger.ctx.store.read
          .selectFrom('deliveries')
          .select('event')
          .where('paymentId', '=', id)
          .execute();
        const told = queued.map(({ event }) => event);
        assert.deepEqual(
          told.filter((event) => event !== 'payment.attention'),
          changes.map(({ statusAfter }) => `payment.${statusAfter}`),
          'one webhook to the merchant for each change',
        );
        // An end after the money was either late, or takes the money back. Only a person can tell which.
        const isTakenBack = order
          .slice(order.indexOf('paid'))
          .some((status) => status === 'expired' || status === 'canceled');
        // The report does not say how much was refunded.
        const inPart = changes.filter(({ statusAfter }) => statusAfter === 'partial_refunded').length;
        const alarms = inPart + (end === 'paid' && isTakenBack ? 1 : 0);
        assert.equal(told.length - changes.length, alarms, order.join(', '));
      }
    });
  }
});

describe('a webhook of an unknown payment', () => {
  async function row(reference: string) {
    return ledger.ctx.store.read
      .selectFrom('providerDeliveries')
      .selectAll()
      .where('deliveryId', '=', `${reference} paid`)
      .executeTakeFirstOrThrow();
  }

  it('is deferred and applied once the payment is known', async () => {
    const id = await newPayment();
    const reference = `${id}-2`;
    assert.equal(await tell(reference, 'paid'), 'unknown_payment');
    await ledger.ctx.store.write((trx) => addAttempt(trx, { id, attempts: 1 }, SANDBOX, ledger.time));
    await ledger.restart();
    ledger.time += 5_000;
    await ledger.look();
    assert.equal((await findPayment(ledger.ctx.store.read, id))!.status, 'paid');
    const { outcome, paymentId, nextTryAt, reportJson } = await row(reference);
    assert.deepEqual(
      { outcome, payment_id: paymentId, next_try_at: nextTryAt, report_json: reportJson },
      { outcome: 'applied', payment_id: id, next_try_at: null, report_json: null },
    );
  });

  it('is retried at growing intervals for a day, and stays stored', async () => {
    const reference = 'pay_nobody';
    await tell(reference, 'paid');
    const started = ledger.time;
    const waits: number[] = [];
    for (let next = (await row(reference)).nextTryAt; next !== null;) {
      waits.push(next - ledger.time);
      ledger.time = next;
      await ledger.look();
      next = (await row(reference)).nextTryAt;
    }
    assert.deepEqual(
      waits,
      waits.toSorted((a, b) => a - b),
    );
    assert.ok(Math.abs(ledger.time - started - DAY_MS) < 2 * 3_600_000, `${ledger.time - started} ms`);
    assert.equal((await row(reference)).outcome, 'unknown_payment');
  });

  it('is not applied with an amount that could not be read', async () => {
    const id = await newPayment();
    const reference = `${id}-2`;
    const delivery = { deliveryId: `${reference} paid`, event: 'payment.paid', reference, currency: 'RUB' };
    await receiveWebhook(ledger.ctx, {
      provider: 'sandbox',
      delivery: { ...delivery, status: 'paid', amount: 0 },
      body: Buffer.from('{}'),
    });
    await ledger.ctx.store.write((trx) => addAttempt(trx, { id, attempts: 1 }, SANDBOX, ledger.time));
    ledger.time += 5_000;
    await ledger.look();
    assert.equal((await findPayment(ledger.ctx.store.read, id))!.status, 'created');
    assert.equal((await row(reference)).outcome, 'amount_mismatch');
  });
});
