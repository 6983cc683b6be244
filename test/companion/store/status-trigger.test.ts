import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { mayFollow, PAYMENT_STATUSES, type PaymentStatus } from '../../../src/protocol/status.ts';
import { Ledger } from '../../support/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

describe('the database’s own rule for statuses', () => {
  it('is the protocol’s table, pair by pair', async () => {
    const { id } = await ledger.createPayment();
    const { store } = ledger.ctx;
    const set = (status: PaymentStatus) =>
      store.write((trx) => trx.updateTable('payments').set({ status }).where('id', '=', id).execute());
    /** Any status, by going around the rule. */
    async function begin(status: PaymentStatus): Promise<void> {
      await store.write(async (trx) => {
        const row = await trx
          .selectFrom('payments')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        await trx.deleteFrom('payment_events').execute();
        await trx.deleteFrom('attempts').execute();
        await trx.deleteFrom('payments').execute();
        await trx
          .insertInto('payments')
          .values({ ...row, status })
          .execute();
      });
    }
    for (const from of PAYMENT_STATUSES) {
      for (const to of PAYMENT_STATUSES) {
        await begin(from);
        const taken = await set(to).then(
          () => true,
          () => false,
        );
        assert.equal(taken, from === to || mayFollow(from, to), `${from}→${to}`);
      }
    }
  });
});
