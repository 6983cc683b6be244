import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { audit, auditNotifications, type Audit } from '../../support/audit.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { OrderLoad } from '../../support/order-load.ts';
import { until } from '../../support/until.ts';

const MEGABYTES = 24;
const CALLERS = 12;
const ORDERS = 20;

function disk(t: TestContext): SmallDisk | null {
  const mounted = SmallDisk.mount(MEGABYTES);
  if (mounted) t.after(() => mounted.unmount());
  else t.skip('nothing may be mounted here (faults.test.ts has a disk that takes no byte without that)');
  return mounted;
}

function look(companion: CompanionProcess, load: OrderLoad): Audit {
  let seen: Audit | null = null;
  companion.changeData((db) => {
    seen = audit(db, load.acknowledged);
  });
  return seen!;
}

const nothingWrong = (seen: Audit) =>
  assert.deepEqual({ lost: seen.lost, doubled: seen.doubled }, { lost: [], doubled: [] });

describe('a disk without room', () => {
  it('costs answers, never what was acknowledged, and no restart', async (t) => {
    const small = disk(t);
    if (!small) return;
    const merchant = await MerchantServer.open();
    const companion = await CompanionProcess.start({
      SBP_LOG_LEVEL: 'warn',
      SBP_DATABASE_URL: `file:${join(small.directory, 'shop.sqlite')}`,
    });
    const readiness = async () => (await fetch(`${companion.url}/readyz`)).status;
    try {
      const load = new OrderLoad(companion.client, merchant.url);
      await load.createOrders(ORDERS);
      const blown = load.runUntilDown(CALLERS);
      await until(() => load.acknowledged.webhooks.size >= ORDERS, 'a storm', PATIENCE_MS);
      small.fill();
      await blown;
      for (let round = 0; round < 5; round++) await load.retryUnfinished();
      await until(async () => (await readiness()) === 503, 'that it is not ready', PATIENCE_MS);
      const refused = load.unexpected.length;
      assert.ok(refused > CALLERS && load.unfinished > 0, 'the disk was not full: the test proves nothing');
      assert.deepEqual(
        load.unexpected.filter((answer) => !answer.startsWith('5')),
        [],
        'only 5xx',
      );
      nothingWrong(look(companion, load));
      assert.match(companion.output, /database or disk is full/);
      assert.doesNotMatch(companion.output, /no such savepoint|cannot rollback/);

      small.makeRoom();
      await until(async () => (await readiness()) === 200, 'ready again', PATIENCE_MS);
      await until(
        async () => {
          await load.retryUnfinished();
          return load.unfinished === 0;
        },
        'all carried to its end',
        PATIENCE_MS,
      );
      assert.equal(load.unexpected.length, refused, 'an answer of 5xx though there is room');
      const { acknowledged, ...wrong } = look(companion, load);
      nothingWrong({ acknowledged, ...wrong });
      await until(
        () => auditNotifications(merchant.received, load.acknowledged).lost.length === 0,
        'the merchant told',
        PATIENCE_MS,
      );
      assert.deepEqual(auditNotifications(merchant.received, load.acknowledged).doubled, []);
      const copies = Math.max(...[...merchant.received.values()].map((message) => message.copies));
      assert.ok(copies <= 2, `a merchant was told ${copies} times what it had taken`);
      t.diagnostic(
        `${refused} answers of 5xx, ${acknowledged} acknowledged and found, ` +
          `at most ${copies} copies of one webhook to the merchant`,
      );

      small.fill();
      await companion.kill();
      await assert.rejects(companion.start(), /the disk is full\. Make room and start again/);
      small.makeRoom();
      await companion.start();
      nothingWrong(look(companion, load));
    } finally {
      await companion.stop();
      await merchant.close();
    }
  });
});
