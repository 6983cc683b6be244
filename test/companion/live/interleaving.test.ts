import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { signWebhook } from '../../../src/webhooks/webhooks.ts';
import { openStore } from '../../../src/companion/store/store.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../support/companion.ts';
import { HeldStore } from '../../support/held-store.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

describe('a change while a status stream opens', () => {
  let directory: string;
  let store: HeldStore;
  let shop: TestCompanion;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbp-held-'));
    store = new HeldStore(await openStore(join(directory, 'held.sqlite')));
    shop = await startCompanion({}, { store });
  });
  after(async () => {
    await shop.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /**
   * Opening a stream reads the payment twice: to check the token, and for the first snapshot after the stream
   * subscribes.
   */
  for (const [nth, moment] of [
    [1, 'before it listens'],
    [2, 'after its snapshot was read'],
  ] as const) {
    for (const lastEventId of ['', '2']) {
      const who = lastEventId === '' ? 'a new page' : 'a page that comes back';
      it(`is not lost to ${who} when it comes ${moment}`, async () => {
        const { payment_id, token } = await shop.createPayment();
        const hold = store.holdRead(payment_id, nth);
        const stream = new StreamConnection(shop.url, { token, lastEventId });
        await hold.reached;
        await report(payment_id, 'processing');
        hold.release();
        assert.ok(await stream.version(3));
        await sayAllThereIs(payment_id, stream);
        // The snapshot that was read before the change is outdated, so it is never sent.
        assert.deepEqual(stream.versions, [3, 4]);
      });
    }
  }

  it('is not said twice when its news come behind the snapshot that holds it', async () => {
    const { payment_id, token } = await shop.createPayment();
    const hold = store.holdAfterCommit(payment_id, 3);
    const changed = report(payment_id, 'processing');
    await hold.reached;
    const stream = new StreamConnection(shop.url, { token });
    assert.ok(await stream.version(3));
    hold.release();
    await changed;
    await sayAllThereIs(payment_id, stream);
    assert.deepEqual(stream.versions, [3, 4]);
  });

  /** Reports as the bank. The sandbox's buttons would read the payment, and reads may be held here. */
  async function report(paymentId: string, status: string): Promise<void> {
    const event = `payment.${status}`;
    const body = JSON.stringify({ event, payment_id: paymentId, status, amount: 125_000, currency: 'RUB' });
    const signature = signWebhook(
      { event, deliveryId: `${paymentId}-${status}`, body },
      WEBHOOK_SECRET,
      Date.now(),
    );
    const response = await fetch(`${shop.url}/webhooks/sandbox`, {
      method: 'POST',
      body,
      headers: { ...signature },
    });
    assert.equal(response.status, 200);
  }

  /** Makes a last change. After its snapshot no earlier one can arrive. */
  async function sayAllThereIs(paymentId: string, stream: StreamConnection): Promise<void> {
    await report(paymentId, 'paid');
    assert.ok(await stream.version(4));
    stream.stop();
  }
});
