import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore, type Store } from '../../../src/companion/store/store.ts';
import { startCompanion } from '../../support/companion.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { until } from '../../support/until.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns a store whose writes fail while `fails` returns true. */
function faltering(store: Store, fails: () => boolean): Store {
  return {
    ...store,
    write: (work) => (fails() ? Promise.reject(new Error('the disk is full')) : store.write(work)),
  };
}

describe('a webhook whose result the store does not take', () => {
  it('is sent once: the merchant is not told again what it has taken', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-unkept-'));
    const merchant = await MerchantServer.open();
    let mended = false;
    const store = await openStore(join(directory, 'test.sqlite'));
    // Writes fail from the merchant's first webhook on, so its response is the first result that is not saved.
    const shop = await startCompanion(
      {},
      { store: faltering(store, () => merchant.received.size > 0 && !mended) },
    );
    const copies = () => [...merchant.received.values()].map((message) => message.copies);
    const log = async () =>
      (await (await shop.api('/deliveries')).json()) as { items: { status: string; attempts: number }[] };
    try {
      const { payment_id } = await shop.createPayment({ callback_url: merchant.url });
      await shop.sandbox(payment_id, 'pay');
      await until(() => merchant.received.size > 0, 'the webhook');
      await pause(1_500);
      assert.deepEqual(copies(), [1]);
      assert.deepEqual(
        (await log()).items.map(({ status, attempts }) => ({ status, attempts })),
        [{ status: 'pending', attempts: 0 }],
      );
      mended = true;
      await until(async () => (await log()).items[0]?.status === 'delivered', 'its result in the store');
      assert.deepEqual(copies(), [1]);
      assert.equal((await log()).items[0]!.attempts, 1);
    } finally {
      await shop.stop();
      await merchant.close();
      rmSync(directory, { recursive: true });
    }
  });

  it('keeps no shutdown waiting', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-unkept-'));
    const merchant = await MerchantServer.open();
    const store = await openStore(join(directory, 'test.sqlite'));
    const shop = await startCompanion({}, { store: faltering(store, () => merchant.received.size > 0) });
    const { payment_id } = await shop.createPayment({ callback_url: merchant.url });
    await shop.sandbox(payment_id, 'pay');
    while (merchant.received.size === 0) await pause(5);
    await shop.stop();
    assert.match(shop.logs(), /"delivery result not stored"/);
    await merchant.close();
    rmSync(directory, { recursive: true });
  });
});
