import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { audit, type Audit } from '../../support/audit.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { OrderLoad, type Acknowledged } from '../../support/order-load.ts';
import { until } from '../../support/until.ts';

const CLI = join(import.meta.dirname, '../../../src/companion/cli/main.ts');
const CALLERS = 16;
/** The load has begun after this many orders. */
const ORDERS = 30;
const KILLS = 2;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps a read transaction open, so that later writes stay in the write-ahead log until it is closed. */
function holdOpen(file: string): DatabaseSync {
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('BEGIN; SELECT count(*) FROM payments');
  return reader;
}

function look(companion: CompanionProcess, promised: Acknowledged): Audit {
  let seen: Audit | null = null;
  companion.changeData((db) => {
    seen = audit(db, promised);
  });
  return seen!;
}

describe('a backup taken in a storm', () => {
  it('restores all that was acknowledged before it, once, and survives kills again', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-restore-'));
    const copy = join(directory, 'copy.sqlite');
    const merchant = await MerchantServer.open();
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    try {
      const reader = holdOpen(companion.databaseFile);
      const load = new OrderLoad(companion.client, merchant.url);
      const blown = load.runUntilDown(CALLERS);
      await until(
        () => load.acknowledged.refunds.size > 0 && load.acknowledged.payments.size >= ORDERS,
        'a storm',
        PATIENCE_MS,
      );
      const before = load.acknowledgedSoFar();
      const child = spawn(process.execPath, [CLI, 'backup', copy], { env: { ...companion.env } });
      const [status] = (await once(child, 'exit')) as [number | null];
      assert.equal(status, 0);
      reader.close();
      const during = load.acknowledged.payments.size - before.payments.size;
      assert.ok(during > 0, 'nothing happened during the backup: the test proves nothing');
      await pause(100);
      await companion.kill();
      await blown;
      assert.deepEqual(load.unexpected, []);

      const { databaseFile } = companion;
      copyFileSync(copy, databaseFile);
      assert.ok(existsSync(`${databaseFile}-wal`), 'the kill left a log');
      await assert.rejects(companion.start(), /-wal belongs to another database .* remove it/);
      for (const rest of ['-wal', '-shm']) rmSync(databaseFile + rest);
      await companion.start();
      const restored = look(companion, before);
      assert.deepEqual({ lost: restored.lost, doubled: restored.doubled }, { lost: [], doubled: [] });
      t.diagnostic(
        `${restored.acknowledged} acknowledged before the backup, all found; ${during} payments during it`,
      );

      for (const [order, id] of [...before.payments].slice(-5)) {
        const again = await companion.client.api('/payments', {
          json: { order_id: order, amount: 1_000, callback_url: merchant.url },
          headers: { 'idempotency-key': order },
        });
        assert.equal(((await again.json()) as { payment_id: string }).payment_id, id, 'its key is known');
      }

      const second = new OrderLoad(companion.client, merchant.url, 'RESTORED');
      for (let round = 0; round < KILLS; round++) {
        const blows = second.runUntilDown(CALLERS);
        await until(
          () => second.acknowledged.webhooks.size >= ORDERS * (round + 1),
          'a second storm',
          PATIENCE_MS,
        );
        await companion.kill();
        await blows;
        await companion.start();
        await second.retryUnfinished();
      }
      assert.deepEqual(second.unexpected, []);
      assert.ok(second.lostConnections >= KILLS, 'the kills met no calls: the test proves nothing');
      for (const promised of [before, second.acknowledged]) {
        const { lost, doubled } = look(companion, promised);
        assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
      }
    } finally {
      await companion.stop();
      await merchant.close();
      rmSync(directory, { recursive: true });
    }
  });
});
