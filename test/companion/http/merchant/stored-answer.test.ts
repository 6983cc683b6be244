import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';
import { dumpDatabase } from '../../../support/database-dump.ts';
import { findTokens } from '../../../support/token-scan.ts';

/** Makes the same call twice. Between the calls the companion restarts with another token secret. */
async function replayed(
  t: TestContext,
  call: (shop: TestCompanion, headers: Record<string, string>) => Promise<Response>,
): Promise<{ first: string; again: string; opens: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-answers-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const lives = [];
  for (const secret of ['the-old-token-secret-01', 'the-new-token-secret-01']) {
    const shop = await startCompanion({
      SBP_TOKEN_SECRET: secret,
      SBP_PUBLIC_URL: 'http://127.0.0.1:9',
      SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}`,
    });
    try {
      const answer = await call(shop, { 'idempotency-key': 'once' });
      const body = await answer.text();
      const { token } = JSON.parse(body) as CreatedPayment;
      const { status } = await shop.checkout('/session', token);
      lives.push({ body, status, replay: answer.headers.get('idempotency-replayed') });
    } finally {
      await shop.stop();
    }
  }
  assert.deepEqual(
    lives.map(({ replay }) => replay),
    [null, 'true'],
  );
  return { first: lives[0]!.body, again: lives[1]!.body, opens: lives[1]!.status };
}

/** Returns the text with a placeholder for each token. */
function besideTokens(body: string): string {
  const { token } = JSON.parse(body) as CreatedPayment;
  return body.replaceAll(token, '<token>');
}

describe('an answer kept for its idempotency key', () => {
  it('is replayed byte for byte, with a token that opens the payment after its secret was replaced', async (t) => {
    const body = {
      order_id: 'A',
      amount: 500,
      locale: 'en',
      metadata: { token: 'ours', payment_url: 'ours', fallback_html: 'ours' },
    };
    const { first, again, opens } = await replayed(t, (shop, headers) =>
      shop.api('/payments', { json: body, headers }),
    );
    assert.notEqual(again, first);
    assert.equal(besideTokens(again), besideTokens(first));
    assert.equal(opens, 200);
    const { fallback_html, payment_url } = JSON.parse(again) as CreatedPayment;
    assert.match(fallback_html as string, /<div class="sbp-fallback" lang="en">/);
    assert.ok((fallback_html as string).includes(`href="${payment_url}"`));
  });

  it('is replayed so for a cancel too', async (t) => {
    let paymentId: string | null = null;
    const { first, again, opens } = await replayed(t, async (shop, headers) => {
      paymentId ??= (await shop.createPayment()).payment_id;
      return shop.api(`/payments/${paymentId}/cancel`, { method: 'POST', headers });
    });
    assert.equal(besideTokens(again), besideTokens(first));
    assert.equal(opens, 200);
  });

  it('is replayed in the same process byte for byte', async () => {
    const shop = await startCompanion();
    try {
      const create = async () =>
        (
          await shop.api('/payments', {
            json: { order_id: 'A', amount: 500 },
            headers: { 'idempotency-key': 'k' },
          })
        ).text();
      assert.equal(await create(), await create());
      const stored = dumpDatabase(shop.databaseFile).filter((row) => row.startsWith('idempotency_keys'));
      assert.equal(stored.length, 1);
      assert.deepEqual(findTokens(stored[0]!), []);
    } finally {
      await shop.stop();
    }
  });
});

describe('the end of every companion in these tests', () => {
  it('fails when its database holds a payment token', async () => {
    const shop = await startCompanion();
    const { token } = await shop.createPayment();
    // Only the shop itself can put a token into the metadata.
    await shop.createPayment({ metadata: { note: `see ${token}` } });
    await assert.rejects(shop.close(), /the database holds a payment token/);
    rmSync(shop.databaseFile, { force: true });
  });
});
