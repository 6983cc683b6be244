import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  CORRECTION_STEPS,
  mayFollow,
  PAYMENT_STATUSES,
  type PaymentStatus,
} from '../../../src/protocol/status.ts';
import { renderStatusTrigger } from '../../../src/companion/store/status-trigger.ts';
import { Ledger } from '../../support/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

/** Inserts the payment with this status and refunded amount. The trigger checks only updates. */
async function begin(id: string, status: PaymentStatus, refunded_amount: number): Promise<void> {
  await ledger.ctx.store.write(async (trx) => {
    const row = await trx.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    await trx.deleteFrom('paymentEvents').execute();
    await trx.deleteFrom('attempts').execute();
    await trx.deleteFrom('payments').execute();
    await trx
      .insertInto('payments')
      .values({ ...row, status, refundedAmount: refunded_amount })
      .execute();
  });
}

/** Returns true if the database accepts the update. */
function update(id: string, status: PaymentStatus, refundedAmount: number): Promise<boolean> {
  const change = ledger.ctx.store.write((trx) =>
    sql`update payments set status = ${status}, refunded_amount = ${refundedAmount} where id = ${id}`.execute(
      trx,
    ),
  );
  return change.then(
    () => true,
    (error: unknown) => {
      assert.match(String(error), /a status does not go there/);
      return false;
    },
  );
}

describe('the status trigger of the database', () => {
  it('takes the steps of the protocol’s table and no others, pair by pair', async () => {
    const { id } = await ledger.createPayment();
    for (const from of PAYMENT_STATUSES) {
      for (const to of PAYMENT_STATUSES) {
        await begin(id, from, 100);
        const expected = from === to || mayFollow(from, to);
        assert.equal(await update(id, to, 100), expected, `${from}→${to}`);
        await begin(id, from, 100);
        assert.equal(await update(id, to, 101), expected, `${from}→${to}, more refunded`);
      }
    }
  });

  it('takes the corrections of the table only while the refunded amount falls, pair by pair', async () => {
    const { id } = await ledger.createPayment();
    for (const from of PAYMENT_STATUSES) {
      for (const to of PAYMENT_STATUSES) {
        await begin(id, from, 100);
        const corrected = CORRECTION_STEPS[from]?.includes(to) ?? false;
        assert.equal(
          await update(id, to, 99),
          from === to || mayFollow(from, to) || corrected,
          `${from}→${to}, less refunded`,
        );
      }
    }
  });

  it('stands in the database as the table renders it', async () => {
    const { rows } = await sql<{ sql: string }>`select sql from sqlite_master where type = 'trigger'`.execute(
      ledger.ctx.store.read,
    );
    assert.deepEqual(
      rows.map((row) => row.sql.toLowerCase()),
      [renderStatusTrigger().toLowerCase()],
    );
  });

  // Existing databases keep the trigger of their last migration.
  it('is the trigger of migration 0016: after a change of the table add a migration, and its trigger here', () => {
    assert.equal(
      renderStatusTrigger(),
      `create trigger payments_keep_results before update of status on payments
    when not (old.status = new.status
      or (old.status = 'created' and new.status in ('processing', 'paid', 'failed', 'expired', 'canceled'))
      or (old.status = 'processing' and new.status in ('paid', 'failed', 'expired', 'canceled'))
      or (old.status = 'paid' and new.status in ('partial_refunded', 'refunded'))
      or (old.status = 'expired' and new.status in ('paid', 'canceled', 'created'))
      or (old.status = 'canceled' and new.status in ('paid'))
      or (old.status = 'partial_refunded' and new.status in ('refunded'))
      or (old.status = 'partial_refunded' and new.status in ('paid') and new.refunded_amount < old.refunded_amount)
      or (old.status = 'refunded' and new.status in ('paid', 'partial_refunded') and new.refunded_amount < old.refunded_amount))
    begin select raise(abort, 'a status does not go there'); end`,
    );
  });
});

describe('the status column', () => {
  it('is updated by payments/model/update.ts alone: the compiler refuses every other update', async () => {
    const { id } = await ledger.createPayment();
    const elsewhere = ledger.ctx.store.write((trx) =>
      // @ts-expect-error -- the column takes no update
      trx.updateTable('payments').set({ status: 'refunded' }).where('id', '=', id).execute(),
    );
    await assert.rejects(elsewhere, /a status does not go there/);
  });
});
