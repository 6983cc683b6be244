import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { audit, type Audit } from '../../support/audit.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import type { CreatedPayment } from '../../support/companion.ts';
import { OrderLoad } from '../../support/order-load.ts';
import { UpstreamBooks } from '../../support/upstream-books.ts';
import { UpstreamProxy } from '../../support/upstream-proxy.ts';

const ROUNDS = 3;
const CALLERS = 24;
const NOWHERE = 'http://127.0.0.1:9/nobody';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function look(companion: CompanionProcess, load: OrderLoad): Audit {
  let seen: Audit | null = null;
  companion.changeData((db) => {
    seen = audit(db, load.acknowledged);
  });
  return seen!;
}

describe('SIGTERM in a burst of calls', () => {
  it(`keeps all that was acknowledged, also after the signal, ${ROUNDS} times`, async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    const load = new OrderLoad(companion.client, NOWHERE);
    let afterwards = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const blown = load.runUntilDown(CALLERS);
        const wanted = load.acknowledged.webhooks.size + 5 + Math.floor(Math.random() * 30);
        while (load.acknowledged.webhooks.size < wanted) await pause(1);
        const before = load.acknowledged.payments.size + load.acknowledged.webhooks.size;
        assert.equal(await companion.terminate(), 0);
        await blown;
        afterwards += load.acknowledged.payments.size + load.acknowledged.webhooks.size - before;
        assert.equal(existsSync(`${companion.databaseFile}-wal`), false, 'the database was closed');
        await companion.start();
        const { lost, doubled } = look(companion, load);
        assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
        await load.retryUnfinished();
      }
      assert.deepEqual(
        load.unexpected.filter((answer) => !answer.startsWith('503 ')),
        [],
        'whoever came too late is told so',
      );
      assert.ok(load.lostConnections >= ROUNDS, 'the signals met no calls: the test proves nothing');
      const { acknowledged, lost, doubled } = look(companion, load);
      assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
      t.diagnostic(`${acknowledged} acknowledged and found, ${afterwards} of them after the signal`);
    } finally {
      await companion.stop();
    }
  });

  it('answers what is under way, with the link that the provider is about to give', async () => {
    const books = new UpstreamBooks();
    const upstream = await UpstreamProxy.start(null);
    upstream.trick = books.answer;
    const companion = await CompanionProcess.start({
      SBP_METHODS: 'sbp=sbp-api',
      SBP_SBP_API_URL: upstream.url,
      SBP_SBP_API_TOKEN: 'upstream-token-0123456789',
      SBP_SBP_API_WEBHOOK_SECRET: 'upstream-webhook-secret-0123456789',
    });
    try {
      let release!: () => void;
      const released = new Promise<void>((resolve) => (release = resolve));
      books.losesAnswer = async () => {
        await released;
        return false;
      };
      const create = (n: number) =>
        companion.client.api('/payments', {
          json: { order_id: `LAST-${n}`, amount: 100 },
          headers: { 'idempotency-key': `last-${n}` },
        });
      const calls = Promise.allSettled(Array.from({ length: CALLERS }, (_, n) => create(n)));
      while (books.payments.size < CALLERS) await pause(5);
      const ended = companion.terminate();
      await pause(100);
      release();
      const answers = (await calls).map((call) => (call.status === 'fulfilled' ? call.value : null));
      assert.deepEqual([...new Set(answers.map((answer) => answer?.status ?? 'cut off'))], [201]);
      const made = (await Promise.all(answers.map((answer) => answer!.json()))) as CreatedPayment[];
      assert.ok(made.every(({ qr_payload }) => qr_payload));
      assert.equal(await ended, 0);

      await companion.start();
      const again = await Promise.all(made.map((_, n) => create(n)));
      assert.deepEqual(await Promise.all(again.map((answer) => answer.json())), made);
      assert.equal(books.payments.size, CALLERS, 'no second code');
    } finally {
      await companion.stop();
      upstream.stop();
    }
  });
});
