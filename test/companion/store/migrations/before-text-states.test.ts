import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { findPage } from '../../../../src/companion/payments/model/queries.ts';
import { PaymentTokens } from '../../../../src/companion/payments/model/tokens.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { openStore } from '../../../../src/companion/store/store.ts';
import type { PaymentStatus } from '../../../../src/protocol/status.ts';
import { bankReport } from '../../../support/bank-report.ts';
import { startCompanion, TOKEN_SECRET, type TestCompanion } from '../../../support/companion.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';
import { until } from '../../../support/until.ts';

/**
 * A database written by the last version that kept numbers for states. Payments whose order begins with "L-" were made
 * with the scripted provider of `Ledger`, the others by a companion with its sandbox.
 */
const FIXTURE = join(import.meta.dirname, '../../../fixtures/database/before-text-states.sql');

interface Restored {
  readonly directory: string;
  readonly file: string;
  /** Unix time in ms at which the fixture was written. */
  readonly writtenAt: number;
  /** The id of the payment with this order id. */
  readonly idOf: (orderId: string) => string;
}

function restore(): Restored {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-fixture-'));
  const file = join(directory, 'test.sqlite');
  const db = new DatabaseSync(file);
  db.exec(readFileSync(FIXTURE, 'utf8'));
  const rows = db.prepare('SELECT id, order_id, updated_at FROM payments').all();
  db.close();
  const ids = new Map(rows.map(({ id, order_id }) => [String(order_id), String(id)]));
  return {
    directory,
    file,
    writtenAt: Math.max(...rows.map(({ updated_at }) => Number(updated_at))),
    idOf: (orderId) => ids.get(orderId)!,
  };
}

describe('the migration to text states', () => {
  it('gives each number its word and refuses any other word', async () => {
    const { directory, file } = restore();
    const before = statesOf(file, 'paid, over, to_close, to_confirm');
    await (await openStore(file)).close();
    assert.deepEqual(
      statesOf(file, 'state, close_state, confirm_state'),
      before.map(([paid, over, toClose, toConfirm]) => [
        paid === 0 ? ['open', 'ended'][over as number] : ['', 'paid', 'duplicate'][paid as number],
        ['none', 'closing', 'watching'][toClose as number],
        ['none', 'waiting', 'done'][toConfirm as number],
      ]),
    );
    assert.deepEqual(
      [...new Set(before.map((states) => states.join(' ')))].sort(),
      ['0 0 0 0', '0 0 0 1', '0 0 0 2', '0 0 1 0', '0 1 0 0', '0 1 2 0', '1 0 0 0', '2 1 0 0'],
      'the fixture holds every number',
    );
    const db = new DatabaseSync(file);
    for (const column of ['state', 'close_state', 'confirm_state']) {
      assert.throws(() => db.exec(`UPDATE attempts SET ${column} = 'other'`), /CHECK constraint failed/);
    }
    db.close();
    rmSync(directory, { recursive: true });
  });
});

/** The values of these columns, one row for each attempt. */
function statesOf(file: string, columns: string): unknown[][] {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare(`SELECT ${columns} FROM attempts ORDER BY reference`).all();
  db.close();
  return rows.map((row) => Object.values(row));
}

describe('a database with numbers for states, opened by a companion', () => {
  const restored = restore();
  const { idOf } = restored;
  const startedAt = Date.now();
  let skippedMs = 1_000;
  const now = () => restored.writtenAt + skippedMs + Date.now() - startedAt;
  let shop: TestCompanion;
  before(async () => {
    const env = { SBP_DATABASE_URL: `file:${restored.file}` };
    shop = await startCompanion(env, { now });
  });
  after(async () => {
    await shop.stop();
    rmSync(restored.directory, { recursive: true });
  });

  const read = async (orderId: string) =>
    (await (await shop.api(`/payments/${idOf(orderId)}`)).json()) as {
      status: PaymentStatus;
      late: boolean;
      metadata: unknown;
      attention: { reason: string }[];
    };
  const statusOf = async (orderId: string) => (await read(orderId)).status;
  const act = (orderId: string, path: string, json: unknown = {}) =>
    fetch(`${shop.url}/checkout/v1/session${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${new PaymentTokens([TOKEN_SECRET]).issue(idOf(orderId))}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(json),
    });

  it('serves each payment with its status, and metadata as it was sent', async () => {
    const page = (await (await shop.api('/payments?limit=100')).json()) as {
      items: { order_id: string; status: string }[];
    };
    const statuses = new Map(page.items.map(({ order_id, status }) => [order_id, status]));
    assert.equal(statuses.size, 37);
    for (const [orderId, status] of [
      ['OPEN', 'created'],
      ['PAID', 'partial_refunded'],
      ['PAID-WHOLE', 'paid'],
      ['REFUNDED', 'refunded'],
      ['EXPIRED', 'expired'],
      ['FAILED', 'failed'],
      ['CANCELED', 'canceled'],
    ]) {
      assert.equal(statuses.get(orderId!), status, orderId);
    }
    assert.deepEqual((await read('OPEN')).metadata, { snake_case: 1, camelCase: { deep_key: 2 } });
    assert.equal((await read('DOUBTED')).attention[0]?.reason, 'paid_contradicted');
    assert.deepEqual((await read('RESOLVED')).attention, []);
  });

  it('repeats the response kept for an idempotency key', async () => {
    const call = (key: string, path: string, json: unknown) =>
      shop.api(path, { json, headers: { 'idempotency-key': key } });
    const payment = await call('key-1', '/payments', { order_id: 'IDEMPOTENT', amount: 500 });
    assert.equal(payment.status, 201);
    assert.equal(((await payment.json()) as { payment_id: string }).payment_id, idOf('IDEMPOTENT'));
    const json = { payment_id: idOf('PAID'), amount: 25_000, reason: 'damaged' };
    assert.equal((await call('key-2', '/refunds', json)).status, 201);
    assert.equal(await statusOf('PAID'), 'partial_refunded', 'the replay must not refund again');
  });

  it('pays an open payment by webhook and refunds it', async () => {
    assert.equal((await shop.sandbox(idOf('OPEN'), 'pay')).status, 200);
    assert.equal(await statusOf('OPEN'), 'paid');
    assert.equal((await shop.api('/refunds', { json: { payment_id: idOf('OPEN') } })).status, 201);
    assert.equal(await statusOf('OPEN'), 'refunded');
  });

  it('refunds what is left of a partly refunded payment', async () => {
    const refund = (json: object) => shop.api('/refunds', { json: { payment_id: idOf('PAID'), ...json } });
    assert.equal((await refund({ amount: 125_000 })).status, 422);
    assert.equal((await refund({})).status, 201);
    assert.equal(await statusOf('PAID'), 'refunded');
  });

  it('renews an expired payment, which is then paid late', async () => {
    assert.equal((await act('EXPIRED', '/renew')).status, 200);
    assert.equal(await statusOf('EXPIRED'), 'created');
    assert.equal((await shop.sandbox(idOf('EXPIRED'), 'pay')).status, 200);
    const { status, late } = await read('EXPIRED');
    assert.deepEqual({ status, late }, { status: 'paid', late: true });
  });

  it('takes money on the first code of a renewed payment', async () => {
    await bankReport(shop.url, { payment_id: idOf('RENEWED'), status: 'paid' }, now());
    assert.equal(await statusOf('RENEWED'), 'paid');
  });

  it('gives back money that comes after a cancel with on_late "refund"', async () => {
    await bankReport(shop.url, { payment_id: idOf('CANCELED'), status: 'paid' }, now());
    const { status, late, attention } = await read('CANCELED');
    assert.deepEqual({ status, late }, { status: 'paid', late: true });
    assert.deepEqual(
      attention.map(({ reason }) => reason),
      ['late_refunded'],
    );
  });

  it('lets the payer choose a method, and scans a code', async () => {
    assert.equal((await act('CHOOSING', '/method', { method: 'sberpay' })).status, 200);
    assert.equal((await shop.sandbox(idOf('CHOOSING'), 'pay')).status, 200);
    assert.equal(await statusOf('CHOOSING'), 'paid');
    assert.equal((await act('SCAN', '/buyer-qr', { payload: 'https://qr.nspk.ru/B' })).status, 200);
  });

  it('finishes what the sandbox bank has begun', async () => {
    skippedMs += 5_000;
    await until(async () => (await statusOf('PROCESSING')) === 'paid', 'the slow payment', 10_000);
  });
});

describe('a database with numbers for states, opened with a scripted provider', () => {
  const restored = restore();
  const { idOf } = restored;
  let ledger: Ledger;
  before(async () => {
    ledger = await Ledger.open(restored.directory);
    ledger.time = restored.writtenAt + 1_000;
    for (const { status, reference, amount } of await findPage(ledger.ctx.store.read, { limit: 100 })) {
      if (reference !== null) ledger.provider.created.set(reference, { amount, status });
    }
    ledger.provider.created.delete(idOf('L-UNANSWERED'));
  });
  after(() => ledger.close());

  const statusOf = async (orderId: string) => (await ledger.paymentOf(idOf(orderId))).status;
  const refundsOf = async (orderId: string) =>
    (
      await ledger.ctx.store.read
        .selectFrom('refunds')
        .select('status')
        .where('paymentId', '=', idOf(orderId))
        .orderBy('seq')
        .execute()
    ).map(({ status }) => status);

  it('attaches the payment whose create was not answered, and confirms, charges and closes', async () => {
    const confirmed: string[] = [];
    const closed: string[] = [];
    const { provider } = ledger;
    const cancel = provider.cancel.bind(provider);
    provider.cancel = (ref) => {
      closed.push(ref.reference);
      return cancel(ref);
    };
    Object.assign(provider, {
      confirm: ({ reference }: { reference: string }) => {
        confirmed.push(reference);
        return Promise.resolve();
      },
      charge: ({ reference }: { reference: string }) => {
        provider.created.set(reference, { amount: AMOUNT, status: 'paid' });
        return Promise.resolve(provider.report(reference));
      },
    });
    ledger.time += 10_000;
    await ledger.look();
    assert.notEqual((await ledger.paymentOf(idOf('L-UNANSWERED'))).providerPaymentId, null);
    assert.deepEqual(confirmed, [idOf('L-CONFIRMING')]);
    assert.equal(await statusOf('L-CHARGED'), 'paid');
    assert.deepEqual(closed, [idOf('L-CLOSING-2')]);
    await ledger.look();
    assert.deepEqual(confirmed, [idOf('L-CONFIRMING')], 'confirmed once');
    assert.deepEqual(closed, [idOf('L-CLOSING-2')], 'closed once');
  });

  it('pays an open payment by a poll', async () => {
    ledger.provider.created.set(idOf('L-OPEN'), { amount: AMOUNT, status: 'paid' });
    ledger.time += 10_000;
    await ledger.look();
    assert.equal(await statusOf('L-OPEN'), 'paid');
  });

  it('finishes pending refunds, and refunds again what a failed one left', async () => {
    assert.deepEqual(await refundsOf('L-REFUND-PENDING'), ['succeeded']);
    assert.deepEqual(await refundsOf('TWICE'), ['failed'], 'the second charge');
    assert.equal(await statusOf('TWICE'), 'paid');
    assert.deepEqual(await refundsOf('L-REFUND-FAILED'), ['failed']);
    const order = { paymentId: idOf('L-REFUND-FAILED'), amount: null, reason: null };
    await createRefund(ledger.ctx, order, () => Promise.resolve());
    assert.equal(await statusOf('L-REFUND-FAILED'), 'refunded');
  });

  it('finds late money on a canceled payment', async () => {
    ledger.provider.created.set(idOf('L-WATCHED'), { amount: AMOUNT, status: 'paid' });
    ledger.time += 60_000;
    await ledger.look();
    const { status, late } = await ledger.paymentOf(idOf('L-WATCHED'));
    assert.deepEqual({ status, late }, { status: 'paid', late: true });
  });

  it('renews an expired payment', async () => {
    await renewPayment(ledger.ctx, idOf('L-REPLACED'));
    assert.equal((await ledger.paymentOf(idOf('L-REPLACED'))).attempts, 2);
    assert.equal(await ledger.tell(`${idOf('L-REPLACED')}-2`, 'paid'), 'applied');
  });

  it('retries a webhook for an unknown payment', async () => {
    const outcomes = () =>
      ledger.ctx.store.read
        .selectFrom('providerDeliveries')
        .select(['outcome', 'nextTryAt'])
        .where('outcome', '=', 'unknown_payment')
        .execute();
    const [before] = await outcomes();
    ledger.time += 60_000;
    await ledger.look();
    const [after] = await outcomes();
    assert.ok(after!.nextTryAt! > before!.nextTryAt!, 'tried again');
  });
});
