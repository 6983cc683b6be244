import assert from 'node:assert/strict';
import { it } from 'node:test';
import { takeBackFutureTimes } from '../../../src/companion/store/future-times.ts';
import { renewableUntil } from '../../../src/companion/payments/lifecycle/renew.ts';
import { Ledger } from '../../support/ledger.ts';

const HOUR_MS = 3_600_000;
const JUMP_MS = 400 * 24 * HOUR_MS;

it('a payment that its provider ended while the clock was ahead is renewable no longer than any other', async (t) => {
  const ledger = await Ledger.open();
  t.after(() => ledger.close());
  const { id } = await ledger.createPayment();
  const { id: open } = await ledger.createPayment();
  ledger.time += JUMP_MS;
  await ledger.tell(id, 'expired');
  ledger.time -= JUMP_MS;
  await ledger.ctx.store.write((trx) => takeBackFutureTimes(trx, ledger.time));
  const until = renewableUntil(ledger.ctx, await ledger.paymentOf(id));
  assert.equal(until, ledger.time + ledger.ctx.config.renewHours * HOUR_MS);
  assert.equal((await ledger.paymentOf(open)).firstExpiredAt, null);
});
