import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { actionsFor } from '../../../../src/companion/http/checkout/allowed-actions.ts';
import { isLate } from '../../../../src/companion/payments/model/payment.ts';
import type { PaymentRequest } from '../../../../src/companion/payments/lifecycle/create.ts';
import { renewableUntil, renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { Ledger } from '../../../support/ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

async function expired(fields: Partial<PaymentRequest> = {}): Promise<string> {
  const { id } = await ledger.createPayment(fields);
  await expireNow(id);
  return id;
}

async function expireNow(id: string): Promise<void> {
  ledger.time = (await ledger.paymentOf(id)).expiresAt;
  await ledger.look();
  assert.equal((await ledger.paymentOf(id)).status, 'expired');
}

const renew = (id: string) => renewPayment(ledger.ctx, id);
const offersRenewal = async (id: string) =>
  actionsFor(ledger.ctx, await ledger.paymentOf(id)).includes('renew');
const until = async (id: string) => renewableUntil(ledger.ctx, await ledger.paymentOf(id));

async function webhooksOf(id: string): Promise<Record<string, unknown>[]> {
  const rows = await ledger.ctx.store.read
    .selectFrom('deliveries')
    .select('body')
    .where('paymentId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

describe('a renewal', () => {
  it('is possible for a day after the first expiry, and no later', async () => {
    const id = await expired();
    const first = ledger.time;
    assert.equal(await until(id), first + 24 * HOUR_MS);
    ledger.time = first + 23 * HOUR_MS;
    assert.notEqual(await renew(id), null);
    assert.equal(await until(id), first + 24 * HOUR_MS, 'counted from the first expiry');
    await expireNow(id);
    ledger.time = first + 24 * HOUR_MS - MINUTE_MS + 1;
    assert.deepEqual([await offersRenewal(id), await until(id), await renew(id)], [false, null, null]);
  });

  it('gives no code that ends after that day', async () => {
    const id = await expired();
    const first = ledger.time;
    ledger.time = first + 24 * HOUR_MS - 2 * MINUTE_MS;
    const renewed = (await renew(id))!;
    assert.deepEqual([renewed.expiresAt, renewed.deadline], [first + 24 * HOUR_MS, first + 24 * HOUR_MS]);
    assert.equal(await until(id), null, 'there will be no other');
  });

  it('is not possible 300 days later, at an old price', async () => {
    const id = await expired();
    ledger.time += 300 * 24 * HOUR_MS;
    assert.deepEqual([await offersRenewal(id), await renew(id)], [false, null]);
  });

  it('is not offered if the merchant or the configuration disables it', async () => {
    const unwanted = await expired({ renewable: false });
    assert.deepEqual([await offersRenewal(unwanted), await renew(unwanted)], [false, null]);
    const id = await expired();
    Object.assign(ledger.ctx, { config: { ...ledger.ctx.config, renewHours: 0 } });
    assert.deepEqual([await offersRenewal(id), await renew(id), await until(id)], [false, null, null]);
  });

  it('is announced while a payment is open, and not after its end', async () => {
    const { id, expiresAt } = await ledger.createPayment();
    assert.equal(await until(id), expiresAt + 24 * HOUR_MS);
    await ledger.tell(id, 'paid');
    assert.equal(await until(id), null);
  });

  it('sends a webhook, and money after it is late only for the merchant', async () => {
    const id = await expired();
    await renew(id);
    await ledger.tell(`${id}-2`, 'paid');
    const payment = await ledger.paymentOf(id);
    assert.deepEqual([payment.late, isLate(payment)], [false, true]);
    const told = await webhooksOf(id);
    assert.deepEqual(
      told.map(({ event, status, late }) => [event, status, late]),
      [
        ['payment.expired', 'expired', false],
        ['payment.renewed', 'created', false],
        ['payment.paid', 'paid', true],
      ],
    );
    assert.equal(told[1]!['expires_at'], new Date(payment.deadline).toISOString());
    assert.equal(told[1]!['renewable_until'], new Date(payment.firstExpiredAt! + 24 * HOUR_MS).toISOString());
  });

  it('is not the only reason: money after an end is late for both, money in time for none', async () => {
    const { id: inTime } = await ledger.createPayment();
    await ledger.tell(inTime, 'paid');
    const late = await expired();
    await ledger.tell(late, 'paid');
    const seen = await Promise.all([inTime, late].map((id) => ledger.paymentOf(id)));
    assert.deepEqual(
      seen.map((payment) => [payment.late, isLate(payment)]),
      [
        [false, false],
        [true, true],
      ],
    );
  });
});
