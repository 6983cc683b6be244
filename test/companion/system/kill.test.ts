import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { audit, auditNotifications, type Audit } from '../../support/audit.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { OrderLoad } from '../../support/order-load.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 30);
const CALLERS = 24;
/** Time of the kill after the start of a round, ms: from its first calls to the middle of a full load. */
const KILL_AFTER = { min: 30, max: 500 };
/** The careless server loses something in nearly every round. This many rounds without a loss are very unlikely. */
const CONTROL_ROUNDS = 12;

const HASTY = join(import.meta.dirname, '../../support/hasty-server.ts');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('kill -9', () => {
  it(`loses and doubles nothing in ${ROUNDS} rounds`, async (t) => {
    const merchant = await MerchantServer.open();
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    const load = new OrderLoad(companion.client, merchant.url);
    try {
      for (let round = 0; round < ROUNDS; round++) {
        await killInStorm(companion, load);
        const seen = look(companion, load);
        assert.deepEqual({ lost: seen.lost, doubled: seen.doubled }, { lost: [], doubled: [] });
        await load.retryUnfinished();
      }
      assert.deepEqual(load.unexpected, []);
      const { acknowledged, lost, doubled } = look(companion, load);
      assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
      assert.ok(load.lostConnections >= ROUNDS, 'the kills met no calls: the test proves nothing');
      const { payments, webhooks, refunds } = load.acknowledged;
      t.diagnostic(
        `${ROUNDS} kills: acknowledged ${acknowledged} = found ${acknowledged - lost.length}, ` +
          `${lost.length} lost, ${doubled.length} doubled ` +
          `(${payments.size} payments, ${webhooks.size} webhooks, ${refunds.size} refunds; ${load.lostConnections} calls cut off)`,
      );
      assert.ok(
        payments.size > 0 && webhooks.size > 0 && refunds.size > 0,
        'a kind of call was never answered',
      );

      const told = await untilTold(merchant, load);
      assert.deepEqual({ lost: told.lost, doubled: told.doubled }, { lost: [], doubled: [] });
      const copies = [...merchant.received.values()].reduce((sum, message) => sum + message.copies, 0);
      t.diagnostic(
        `merchant's webhooks: ${told.acknowledged} promised, all delivered, each under one id ` +
          `(${copies - merchant.received.size} came more than once)`,
      );
    } finally {
      await companion.stop();
      await merchant.close();
    }
  });

  it('finds the losses of a server that acknowledges before the commit', async (t) => {
    const merchant = await MerchantServer.open();
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' }, HASTY);
    const load = new OrderLoad(companion.client, merchant.url);
    try {
      let seen: Audit = look(companion, load);
      let rounds = 0;
      while (seen.lost.length === 0 && rounds++ < CONTROL_ROUNDS) {
        await killInStorm(companion, load);
        seen = look(companion, load);
      }
      t.diagnostic(`control: lost ${seen.lost.length} of ${seen.acknowledged} within ${rounds} kills`);
      assert.ok(seen.lost.length > 0, 'a careless server passes: the test above proves nothing');
    } finally {
      await companion.stop();
      await merchant.close();
    }
  });
});

async function killInStorm(companion: CompanionProcess, load: OrderLoad): Promise<void> {
  const blown = load.runUntilDown(CALLERS);
  await pause(KILL_AFTER.min + Math.random() * (KILL_AFTER.max - KILL_AFTER.min));
  await companion.kill();
  await blown;
  await companion.start();
}

function look(companion: CompanionProcess, load: OrderLoad): Audit {
  let seen: Audit | null = null;
  companion.changeData((db) => {
    seen = audit(db, load.acknowledged);
  });
  return seen!;
}

async function untilTold(merchant: MerchantServer, load: OrderLoad): Promise<Audit> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const told = auditNotifications(merchant.received, load.acknowledged);
    if (told.lost.length === 0 || Date.now() > deadline) return told;
    await pause(50);
  }
}
