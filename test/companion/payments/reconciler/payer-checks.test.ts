import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { startCompanion } from '../../../support/companion.ts';
import { until } from '../../../support/until.ts';
import { UpstreamBooks } from '../../../support/upstream-books.ts';
import { UpstreamProxy } from '../../../support/upstream-proxy.ts';

/** A shop that loses all webhooks of its upstream. `create` removes the planned polls. */
async function open(t: TestContext) {
  const books = new UpstreamBooks();
  const upstream = await UpstreamProxy.start(null);
  upstream.trick = books.answer;
  const shop = await startCompanion({
    SBP_METHODS: 'sbp=sbp-api',
    SBP_SBP_API_URL: upstream.url,
    SBP_SBP_API_TOKEN: 'upstream-token-0123456789',
    SBP_SBP_API_WEBHOOK_SECRET: 'upstream-webhook-secret-0123456789',
  });
  t.after(async () => {
    upstream.stop();
    await shop.stop();
  });
  const database = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(shop.databaseFile, { timeout: 5_000 });
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  const planNothing = () => database((db) => db.exec('UPDATE payments SET next_check_at = NULL'));
  const post = async (token: string, action: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${shop.url}/checkout/v1/session/${action}`, { method: 'POST', headers });
    assert.equal(answer.status, 200, action);
    return (await answer.json()) as Snapshot;
  };
  return {
    shop,
    books,
    upstream,
    database,
    planNothing,
    create: async () => {
      const payment = await shop.createPayment();
      planNothing();
      return payment;
    },
    payBill: (paymentId: string, code = 0) => {
      books.of(paymentId)[code]!.status = 'paid';
    },
    check: (token: string) => post(token, 'check'),
    act: post,
    questions: () => upstream.calls.filter(({ method }) => method === 'GET').length,
  };
}

describe('POST /session/check', () => {
  it('finds out about a payment whose webhook was lost', async (t) => {
    const { create, payBill, check } = await open(t);
    const { payment_id, token } = await create();
    const before = await check(token);
    assert.deepEqual([before.status, before.actions.includes('check')], ['created', true]);
    payBill(payment_id);
    // The companion sets the minimum time between two checks.
    await until(async () => (await check(token)).status === 'paid', 'the payment');
  });

  it('asks once of all who ask at once, and keeps its distance', async (t) => {
    const { create, check, questions } = await open(t);
    const { token } = await create();
    const [asked, began] = [questions(), performance.now()];
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 20 }, () => check(token)));
    }
    const gaps = Math.floor((performance.now() - began) / 3_000);
    const made = questions() - asked;
    assert.ok(made >= 1 && made <= 1 + gaps, `${made} questions in ${gaps} gaps`);
  });

  it('answers as things stand when the provider is silent, and tells what it says later', async (t) => {
    const { create, payBill, check, upstream, books, shop } = await open(t);
    const { payment_id, token } = await create();
    let release = () => undefined as unknown;
    const silence = new Promise<void>((resolve) => (release = resolve));
    upstream.trick = async (call, response, pass) => {
      await silence;
      await books.answer(call, response, pass);
    };
    const { status, actions, version } = await check(token);
    assert.equal(status, 'created');
    assert.ok(actions.includes('check'));
    payBill(payment_id);
    release();
    await until(async () => {
      const now = (await (await shop.checkout('/session', token)).json()) as Snapshot;
      return now.status === 'paid' && now.version > version;
    }, 'the late answer');
  });

  for (const [fault, trick] of Object.entries({
    'answers 500': (_call: unknown, response: { writeHead(status: number): { end(): unknown } }) =>
      response.writeHead(500).end(),
    'hangs up': (_call: unknown, response: { destroy(): unknown }) => response.destroy(),
  })) {
    it(`answers as things stand when the provider ${fault}`, async (t) => {
      const { create, check, upstream } = await open(t);
      const { token } = await create();
      upstream.trick = trick;
      assert.equal((await check(token)).status, 'created');
    });
  }

  it('finds late money after an expiry and after a cancel', async (t) => {
    const { create, payBill, check, act, database, planNothing } = await open(t);
    const [late, canceled] = [await create(), await create()];
    database((db) =>
      db
        .prepare(`UPDATE payments SET status = 'expired', expires_at = created_at WHERE id = ?`)
        .run(late.payment_id),
    );
    assert.equal((await act(canceled.token, 'cancel')).status, 'canceled');
    planNothing();
    for (const { payment_id, token } of [late, canceled]) {
      const before = await check(token);
      assert.ok(before.actions.includes('check'), before.status);
      payBill(payment_id);
      await until(
        async () => (await check(token)).status === 'paid',
        `the payment that was ${before.status}`,
      );
    }
  });

  it('finds the money on a code that another one has replaced', async (t) => {
    const { create, payBill, check, act, database, planNothing } = await open(t);
    const { payment_id, token } = await create();
    database((db) => db.exec(`UPDATE payments SET status = 'expired', expires_at = created_at`));
    assert.equal((await act(token, 'renew')).status, 'created');
    planNothing();
    // The replaced code is closed. The first poll for late money comes half a minute later at the earliest.
    const isClosed = (db: DatabaseSync) =>
      db.prepare("SELECT 1 FROM attempts WHERE close_state = 'watching'").get();
    await until(() => database(isClosed) !== undefined, 'the closing');
    payBill(payment_id, 0);
    await until(async () => (await check(token)).status === 'paid', 'the payment');
  });

  it('asks nobody about what is over, or not yet anywhere', async (t) => {
    const { create, payBill, check, questions, upstream, books, shop } = await open(t);
    const { payment_id, token } = await create();
    payBill(payment_id);
    await until(async () => (await check(token)).status === 'paid', 'the payment');
    const paid = await check(token);
    assert.ok(!paid.actions.includes('check'));
    upstream.trick = (_call, response) => response.destroy();
    const pending = (await shop.createPayment()).token;
    const asked = questions();
    assert.ok(!(await check(pending)).actions.includes('check'));
    await check(token);
    assert.equal(questions(), asked);
    upstream.trick = books.answer;
  });

  it('uses up none of the planned questions', async (t) => {
    const { shop, check, database, payBill } = await open(t);
    const { payment_id, token } = await shop.createPayment();
    const plan = () =>
      database((db) => db.prepare('SELECT checks, next_check_at FROM payments').get()) as { checks: number };
    const before = plan();
    await check(token);
    const after = plan();
    // On a slow machine a planned poll may have run in between. Then only that poll was counted.
    if (after.checks === before.checks) assert.deepEqual(after, before);
    payBill(payment_id);
  });
});
