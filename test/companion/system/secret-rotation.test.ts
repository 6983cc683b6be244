import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { signWebhook } from '../../../src/webhooks/webhooks.ts';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';

const OLD = 'old-secret-0123456789';
const NEW = 'new-secret-0123456789';

/** Runs one companion three times: with the old secret, with both during the rotation, with the new one. */
async function lives(
  t: TestContext,
  variable: string,
  during: Readonly<Record<'before' | 'between' | 'afterwards', (shop: TestCompanion) => Promise<void>>>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-rotation-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const secrets = { before: OLD, between: `${NEW}, ${OLD}`, afterwards: NEW } as const;
  for (const life of ['before', 'between', 'afterwards'] as const) {
    const shop = await startCompanion({
      [variable]: secrets[life],
      SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}`,
    });
    try {
      await during[life](shop);
    } finally {
      await shop.stop();
    }
  }
}

describe('a secret that is replaced', () => {
  it('SBP_API_KEY: either key opens the API meanwhile, the removed one nothing', async (t) => {
    const open = async (shop: TestCompanion, key: string) =>
      (await shop.api('/payments', { headers: { authorization: `Bearer ${key}` } })).status;
    await lives(t, 'SBP_API_KEY', {
      async before(shop) {
        assert.deepEqual([await open(shop, OLD), await open(shop, NEW)], [200, 401]);
      },
      async between(shop) {
        assert.deepEqual([await open(shop, OLD), await open(shop, NEW)], [200, 200]);
        for (const wrong of [
          `${NEW}, ${OLD}`,
          `${NEW},${OLD}`,
          NEW.slice(0, -1),
          `${OLD}x`,
          OLD.toUpperCase(),
        ]) {
          assert.equal(await open(shop, wrong), 401, wrong);
        }
      },
      async afterwards(shop) {
        assert.deepEqual([await open(shop, OLD), await open(shop, NEW)], [401, 200]);
      },
    });
  });

  it('SBP_TOKEN_SECRET: open pages go on meanwhile, new tokens are signed anew', async (t) => {
    const status = async (shop: TestCompanion, token: string) =>
      (await shop.checkout('/session', token)).status;
    let old = '';
    let renewed = '';
    await lives(t, 'SBP_TOKEN_SECRET', {
      async before(shop) {
        old = (await shop.createPayment()).token;
        assert.equal(await status(shop, old), 200);
      },
      async between(shop) {
        renewed = (await shop.createPayment()).token;
        assert.deepEqual([await status(shop, old), await status(shop, renewed)], [200, 200]);
      },
      async afterwards(shop) {
        assert.deepEqual([await status(shop, old), await status(shop, renewed)], [401, 200]);
      },
    });
  });

  it('SBP_WEBHOOK_SECRET: reports signed by either are taken meanwhile, by the removed one refused', async (t) => {
    const report = async (shop: TestCompanion, secret: string) => {
      const { payment_id } = await shop.createPayment();
      const event = 'payment.processing';
      const body = JSON.stringify({ event, payment_id, status: 'processing' });
      const headers = { ...signWebhook({ event, deliveryId: payment_id, body }, secret, Date.now()) };
      return (await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body, headers })).status;
    };
    await lives(t, 'SBP_WEBHOOK_SECRET', {
      async before(shop) {
        assert.deepEqual([await report(shop, OLD), await report(shop, NEW)], [200, 401]);
      },
      async between(shop) {
        assert.deepEqual([await report(shop, OLD), await report(shop, NEW)], [200, 200]);
      },
      async afterwards(shop) {
        assert.deepEqual([await report(shop, OLD), await report(shop, NEW)], [401, 200]);
      },
    });
  });
});
