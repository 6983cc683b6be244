import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { audit, type Audit } from '../../support/audit.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { FailingDisk } from '../../support/failing-disk.ts';
import { SmallDisk } from '../../support/small-disk.ts';
import { OrderLoad } from '../../support/order-load.ts';

const ORDERS = 20;
const NOWHERE = 'http://127.0.0.1:9/nobody';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const databaseOn = ({ directory }: { directory: string }) => ({
  SBP_LOG_LEVEL: 'warn',
  SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}`,
});

describe('a disk that may only be read', () => {
  it('is named when the companion starts', async (t) => {
    const disk = SmallDisk.mount(8);
    if (!disk) {
      t.skip('nothing may be mounted here');
      return;
    }
    try {
      const companion = await CompanionProcess.start(databaseOn(disk));
      await companion.terminate();
      disk.makeReadOnly();
      await assert.rejects(companion.start(), (error: Error) => {
        assert.match(error.message, /shop\.sqlite cannot be opened: its folder must exist and be writable/);
        assert.doesNotMatch(error.message, / {4}at /, 'a stack trace helps nobody here');
        return true;
      });
      await companion.stop();
    } finally {
      disk.unmount();
    }
  });

  it('under a companion at work costs answers, and never what was acknowledged', async (t) => {
    const disk = FailingDisk.mount(24);
    if (!disk) {
      t.skip('no loop device may be mounted here');
      return;
    }
    const companion = await CompanionProcess.start(databaseOn(disk));
    try {
      const load = new OrderLoad(companion.client, NOWHERE);
      await load.createOrders(ORDERS);
      const blown = load.runUntilDown(8);
      while (load.acknowledged.webhooks.size < ORDERS) await pause(10);
      disk.fail();
      await blown;
      for (let round = 0; round < 3; round++) await load.retryUnfinished();
      assert.ok(
        load.unexpected.length > 0 && load.unfinished > 0,
        'the disk took it: the test proves nothing',
      );
      assert.deepEqual([...new Set(load.unexpected.map((answer) => answer[0]))], ['5'], 'only 5xx');
      assert.equal((await fetch(`${companion.url}/readyz`)).status, 503);
      assert.match(companion.output, /disk I\/O error|readonly database/);
      assert.doesNotMatch(companion.output, /no such savepoint|cannot rollback/);
      const [paymentId] = load.acknowledged.payments.values();
      assert.equal(
        (await companion.client.api(`/payments/${paymentId}`)).status,
        200,
        'it can still be read',
      );

      await companion.kill();
      await assert.rejects(companion.start(), /shop\.sqlite (is read-only|cannot be (opened|read))/);
      disk.repair();
      await companion.start();
      await load.retryUnfinished();
      assert.equal(load.unfinished, 0, 'all is carried to its end');
      let seen: Audit | null = null;
      companion.changeData((db) => {
        seen = audit(db, load.acknowledged);
      });
      const { acknowledged, lost, doubled } = seen!;
      assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
      t.diagnostic(`${load.unexpected.length} answers of 5xx, ${acknowledged} acknowledged and found`);
    } finally {
      await companion.stop();
      disk.unmount();
    }
  });
});
