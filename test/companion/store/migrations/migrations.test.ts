import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { queueAttention } from '../../../../src/companion/payments/model/attention.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { migrations } from '../../../../src/companion/store/migrations/migrations.ts';
import { NodeSqlite } from '../../../../src/companion/store/node-sqlite.ts';
import { openStore } from '../../../../src/companion/store/store.ts';

async function migrateTo(file: string, version: string): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: new NodeSqlite(file) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateTo(version);
  assert.equal(error, undefined);
  await db.destroy();
}

/** Creates a database of an earlier version, with a renewed, partially refunded payment. */
async function databaseOf(version: string): Promise<{ file: string; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-migrations-'));
  const file = join(directory, 'test.sqlite');
  await migrateTo(file, version);
  const raw = new DatabaseSync(file);
  raw.exec(`
    INSERT INTO payments (id, order_id, amount, currency, status, late, version, method, methods_json, provider,
      reference, provider_payment_id, qr_id, presentation_json, customer_json, metadata_json, lifetime,
      refunded_amount, expires_at, created_at, updated_at, paid_at, checks)
    VALUES ('pay_1', 'A', 500, 'RUB', 'partial_refunded', 0, 5, 'sbp', '["sbp"]', 'sandbox',
      'pay_1-2', 'up_2', 'QR2', '{"kind":"link","url":"https://qr.nspk.ru/QR2","deep_link":null}', '{}', '{}', 900000,
      100, 2000, 1000, 1500, 1400, 0);
    INSERT INTO attempts VALUES ('pay_1', 'pay_1', 'QR1', 0, 1, 1000), ('pay_1-2', 'pay_1', 'QR2', 1, 0, 1100);
    INSERT INTO refunds (id, payment_id, reference, amount, status, created_at, updated_at)
    VALUES ('rfd_1', 'pay_1', 'pay_1-2', 50, 'pending', 1500, 1500);
  `);
  raw.close();
  return { file, directory };
}

describe('a database of an earlier version', () => {
  it('lists what was told and is not over yet as attention, and tells none of it again', async () => {
    const { file, directory } = await databaseOf('0006_money_twice');
    await migrateTo(file, '0008_attention');
    const raw = new DatabaseSync(file);
    raw.exec(`UPDATE attempts SET told = 5 WHERE reference = 'pay_1-2'; UPDATE refunds SET told = 1`);
    raw.close();
    const store = await openStore(file);
    try {
      const rows = await store.read.selectFrom('attention').selectAll().orderBy('reason').execute();
      assert.deepEqual(
        rows.map(({ reason, reference, refundId, outcome }) => [reason, reference, refundId, outcome]),
        [
          ['amount_mismatch', 'pay_1-2', null, 'no_effect'],
          ['overdue', 'pay_1-2', null, 'no_effect'],
          ['refund_overdue', 'pay_1-2', 'rfd_1', null],
        ],
      );
      const payment = (await findPayment(store.read, 'pay_1'))!;
      for (const { reason, reference, refundId } of rows) {
        const told = { reason, reference, refund_id: refundId };
        assert.equal(await store.write((trx) => queueAttention(trx, payment, told, 2000)), null, reason);
      }
    } finally {
      await store.close();
      await rm(directory, { recursive: true });
    }
  });

  it('keeps its payments, and knows of each attempt who was asked for it', async () => {
    const { file, directory } = await databaseOf('0006_money_twice');
    const store = await openStore(file);
    try {
      assert.deepEqual(
        store.migrated,
        Object.keys(migrations).filter((name) => name > '0006_money_twice'),
      );
      const payment = (await findPayment(store.read, 'pay_1'))!;
      assert.deepEqual(
        [payment.method, payment.provider, payment.reference, payment.deadline, payment.expiresAt],
        ['sbp', 'sandbox', 'pay_1-2', 2000, 2000],
      );
      assert.equal(payment.attempts, 2);
      assert.equal(payment.test, true, 'the sandbox moves no money');
      const attempts = await findAttempts(store.read, 'pay_1');
      assert.deepEqual(
        attempts.map((attempt) => [
          attempt.reference,
          attempt.provider,
          attempt.method,
          attempt.providerPaymentId,
          attempt.closeState,
        ]),
        [
          ['pay_1', 'sandbox', 'sbp', 'pay_1', 'closing'],
          ['pay_1-2', 'sandbox', 'sbp', 'up_2', 'none'],
        ],
      );
      const refund = await store.read.selectFrom('refunds').selectAll().executeTakeFirstOrThrow();
      // The refund may have been requested before. A provider that cannot recognize repeats is not asked again.
      assert.deepEqual([refund.requests, refund.duplicate, refund.providerRefundId], [1, 0, null]);
    } finally {
      await store.close();
      await rm(directory, { recursive: true });
    }
  });

  it('loses the payment tokens that kept answers held, and nothing else of them', async () => {
    const { file, directory } = await databaseOf('0006_money_twice');
    const token = `pay_1.${'A'.repeat(43)}`;
    const answer = {
      status: 201,
      body: {
        payment_id: 'pay_1',
        payment_url: `https://pay.example/pay#${token}`,
        token,
        metadata: { token: 'the shop’s own \u2028', sum: 1e-7 },
      },
    };
    const refund = { status: 201, body: { refund_id: 'rfd_1', payment_id: 'pay_1' } };
    const raw = new DatabaseSync(file);
    const insert = raw.prepare('INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?)');
    insert.run('a', 'hash', 'pay_1', JSON.stringify(answer), 1000);
    insert.run('b', 'hash', 'rfd_1', JSON.stringify(refund), 1000);
    insert.run('c', 'hash', 'pay_2', null, 1000);
    raw.close();
    const store = await openStore(file);
    try {
      const rows = await store.read
        .selectFrom('idempotencyKeys')
        .select('responseJson')
        .orderBy('key')
        .execute();
      const stripped = { ...answer, body: { ...answer.body, payment_url: null, token: null } };
      assert.deepEqual(
        rows.map(({ responseJson }) => responseJson && JSON.stringify(JSON.parse(responseJson))),
        [JSON.stringify(stripped), JSON.stringify(refund), null],
      );
    } finally {
      await store.close();
    }
    assert.ok(!readFileSync(file, 'latin1').includes(token), 'the file still holds the token');
    await rm(directory, { recursive: true });
  });
});
