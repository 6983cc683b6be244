import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { payableUntil } from '../../../../src/companion/payments/model/payable-until.ts';
import type { Payment } from '../../../../src/companion/payments/model/payment.ts';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { Ledger } from '../../../support/ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

const until = async ({ id }: Pick<Payment, 'id'>) => payableUntil(ledger.ctx, await ledger.paymentOf(id));
const cancel = async ({ id }: Pick<Payment, 'id'>) =>
  cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: 'merchant' });

/** Makes the provider one that cannot close attempts. */
function closesNothing(lifetime: 'ours' | 'own'): void {
  Object.assign(ledger.provider, {
    capabilities: { ...ledger.provider.capabilities, cancel: false, lifetime },
    cancel: ledger.provider.status.bind(ledger.provider),
  });
}

/** Makes the provider set the lifetime of its codes, ms, whatever the request says. */
function livesFor(ms: number): void {
  const create = ledger.provider.create.bind(ledger.provider);
  ledger.provider.create = async (request) => ({
    ...(await create(request)),
    expiresAt: ledger.time + ms,
  });
}

async function wait(ms: number, step = 10 * MINUTE_MS): Promise<void> {
  for (const end = ledger.time + ms; ledger.time < end;) {
    ledger.time = Math.min(end, ledger.time + step);
    await ledger.look();
  }
}

describe('until when money may come', () => {
  it('is a moment after the time to pay while a payment is open, and never once it is paid', async () => {
    const payment = await ledger.createPayment();
    assert.equal(await until(payment), payment.deadline + MINUTE_MS);
    await ledger.tell(payment.id, 'paid');
    assert.equal(await until(payment), null);
  });

  it('is never once the provider has closed the code', async () => {
    const payment = await ledger.createPayment();
    await cancel(payment);
    assert.equal(await until(payment), null);
  });

  it('is the end of a code that can’t be closed, then never once the provider says that it is over', async () => {
    closesNothing('own');
    livesFor(HOUR_MS);
    const begun = ledger.time;
    const payment = await ledger.createPayment();
    await cancel(payment);
    assert.equal(await until(payment), begun + HOUR_MS + MINUTE_MS);
    ledger.provider.created.get(payment.id)!.status = 'expired';
    await wait(2 * HOUR_MS);
    assert.equal(await until(payment), null);
  });

  it('is a month where nobody has told when a code ends', async () => {
    closesNothing('own');
    const payment = await ledger.createPayment();
    await cancel(payment);
    assert.equal(await until(payment), payment.deadline + 30 * DAY_MS);
  });

  it('is the end of a code whose provider does not answer, and a month while it is silent after that', async () => {
    const payment = await ledger.createPayment();
    ledger.provider.down = 'before';
    await cancel(payment);
    assert.equal(await until(payment), payment.deadline + MINUTE_MS);
    await wait(2 * HOUR_MS);
    assert.equal(await until(payment), payment.deadline + 30 * DAY_MS);
    ledger.provider.down = 'no';
    await wait(2 * HOUR_MS);
    assert.equal(await until(payment), null);
  });

  it('counts the codes that renewals have replaced', async () => {
    closesNothing('own');
    livesFor(3 * HOUR_MS);
    const begun = ledger.time;
    const payment = await ledger.createPayment();
    ledger.time = payment.deadline;
    await ledger.look();
    livesFor(5 * MINUTE_MS);
    await renewPayment(ledger.ctx, payment.id);
    assert.equal(await until(payment), begun + 3 * HOUR_MS + MINUTE_MS);
  });

  it('is what an upstream says of a code that it calls canceled', async () => {
    const payment = await ledger.createPayment();
    const told = ledger.time + 5 * HOUR_MS;
    const close = ledger.provider.cancel.bind(ledger.provider);
    ledger.provider.cancel = async (ref) => ({ ...(await close(ref)), payableUntil: told });
    await cancel(payment);
    assert.equal(await until(payment), told + MINUTE_MS);
  });

  it('is watched to its end: money in the last minute is found without a webhook', async () => {
    closesNothing('own');
    livesFor(12 * HOUR_MS);
    const payment = await ledger.createPayment();
    await cancel(payment);
    await wait((await until(payment))! - ledger.time - MINUTE_MS);
    ledger.provider.created.get(payment.id)!.status = 'paid';
    await wait(4 * HOUR_MS);
    assert.equal((await ledger.paymentOf(payment.id)).status, 'paid');
  });
});
