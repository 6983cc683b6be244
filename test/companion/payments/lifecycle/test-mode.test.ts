import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { ProviderReport } from '../../../../src/companion/providers/provider.ts';
import { receiveStatus } from '../../../../src/companion/payments/reports/receive-status.ts';
import { registerWithProvider } from '../../../../src/companion/payments/lifecycle/register-with-provider.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { chargeBuyerQr } from '../../../../src/companion/payments/lifecycle/charge-buyer-qr.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import type { Payment } from '../../../../src/companion/payments/model/payment.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { startFreepayment } from '../../../support/freepayment-shop.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';
import { MerchantServer } from '../../../support/merchant-server.ts';
import { metric } from '../../../support/metric.ts';
import { ScriptedProvider } from '../../../support/scripted-provider.ts';
import { until } from '../../../support/until.ts';

/** A ledger whose methods are all test or all real. */
async function ledgerOf(t: TestContext, test: boolean): Promise<Ledger> {
  const ledger = await Ledger.open();
  t.after(() => ledger.close());
  ledger.ctx = { ...ledger.ctx, config: { ...ledger.ctx.config, test } };
  return ledger;
}

const report = ({ reference }: Payment, changes: Partial<ProviderReport> = {}): ProviderReport => ({
  ...{ reference: reference!, status: 'paid', amount: AMOUNT, currency: 'RUB' },
  ...changes,
});

async function lastNote({ ctx }: Ledger, paymentId: string): Promise<string | null> {
  const line = await ctx.store.read
    .selectFrom('paymentEvents')
    .select('note')
    .where('paymentId', '=', paymentId)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return line.note;
}

for (const test of [true, false]) {
  describe(`a ${test ? 'test' : 'real'} payment`, () => {
    it('is never paid by a report of the other kind, which is flagged once', async (t) => {
      const ledger = await ledgerOf(t, test);
      const payment = await ledger.createPayment();
      assert.equal(payment.test, test);
      const contradicting = report(payment, { test: !test });
      for (const status of ['paid', 'partial_refunded', 'processing'] as const) {
        const { outcome } = await receiveStatus(ledger.ctx, 'sandbox', { ...contradicting, status });
        assert.equal(outcome, 'test_contradicted');
        assert.equal((await ledger.paymentOf(payment.id)).status, 'created', status);
      }
      const wants = { ...contradicting, status: null, wantsConfirmation: true };
      await receiveStatus(ledger.ctx, 'sandbox', wants);
      const [attempt] = await findAttempts(ledger.ctx.store.read, payment.id);
      assert.equal(attempt!.confirmState, 'none', 'no word is given for it either');
      assert.equal(await lastNote(ledger, payment.id), 'test_contradicted');
      const told = await ledger.attentionOf(payment.id);
      assert.deepEqual(
        told.map(({ reason, reported_amount, test: kind }) => [reason, reported_amount, kind]),
        [['test_contradicted', AMOUNT, test]],
      );
    });

    it('is paid by a report of its own kind, and by a report without a kind', async (t) => {
      const ledger = await ledgerOf(t, test);
      for (const said of [{ test }, { test: null }, {}]) {
        const payment = await ledger.createPayment();
        await receiveStatus(ledger.ctx, 'sandbox', report(payment, said));
        assert.equal((await ledger.paymentOf(payment.id)).status, 'paid');
      }
    });

    it('ends by a report of the other kind, because no money moves', async (t) => {
      const ledger = await ledgerOf(t, test);
      for (const status of ['failed', 'canceled', 'expired'] as const) {
        const payment = await ledger.createPayment();
        await receiveStatus(ledger.ctx, 'sandbox', report(payment, { status, amount: null, test: !test }));
        assert.equal((await ledger.paymentOf(payment.id)).status, status);
      }
    });

    it('shows no code of the other kind: the create is rejected and closed at the provider', async (t) => {
      const ledger = await ledgerOf(t, test);
      const create = ledger.provider.create.bind(ledger.provider);
      ledger.provider.create = async (request) => ({ ...(await create(request)), test: !test });
      const payment = await ledger.createPayment();
      assert.deepEqual([payment.status, payment.presentation], ['failed', { kind: 'pending' }]);
      const [told] = await ledger.attentionOf(payment.id);
      assert.equal(told!['reason'], 'test_contradicted');
      await ledger.look();
      assert.equal(ledger.provider.created.get(payment.id)!.status, 'canceled');
    });

    it('accepts no refund result of the other kind', async (t) => {
      const ledger = await ledgerOf(t, test);
      const payment = await ledger.createPayment();
      await receiveStatus(ledger.ctx, 'sandbox', report(payment));
      ledger.provider.refund = () => Promise.resolve({ status: 'succeeded', test: !test }) as never;
      const order = { paymentId: payment.id, amount: 100, reason: null };
      const refund = await createRefund(ledger.ctx, order, () => Promise.resolve());
      assert.equal(refund.status, 'pending');
      assert.equal((await ledger.paymentOf(payment.id)).refundedAmount, 0);
      const [told] = await ledger.attentionOf(payment.id);
      assert.deepEqual([told!['reason'], told!['refund_id']], ['test_contradicted', refund.id]);
    });
  });
}

describe('in test mode', () => {
  let shop: TestCompanion;
  let merchant: MerchantServer;
  before(async () => {
    merchant = await MerchantServer.open();
    shop = await startCompanion();
  });
  after(async () => {
    await shop.stop();
    await merchant.close();
  });

  it('every payment, webhook, list, snapshot and metric has the test flag', async () => {
    const created = await shop.createPayment({ callback_url: merchant.url });
    const { payment_id } = created;
    assert.equal((await shop.sandbox(payment_id, 'pay')).status, 200);
    const read = (await (await shop.api(`/payments/${payment_id}`)).json()) as { test: unknown };
    const { items } = (await (await shop.api('/payments')).json()) as { items: { test: unknown }[] };
    const snapshot = (await (await shop.checkout('/session', created.token)).json()) as Record<
      string,
      unknown
    >;
    assert.deepEqual([created['test'], read.test, items[0]!.test], [true, true, true]);
    assert.deepEqual([snapshot['test'], snapshot['sandbox']], [true, true]);
    await shop.api('/refunds', { json: { payment_id, amount: 100 } });
    await shop.api('/test/webhook', { json: { callback_url: merchant.url } });
    await until(() => merchant.received.size === 3, 'the payment, its refund and a test');
    for (const { event, payload } of merchant.received.values()) assert.equal(payload['test'], true, event);
    assert.equal(await metric(shop.url, 'sbp_test_mode'), 1);
  });
});

describe('a companion that changed from the sandbox to real money', () => {
  it('offers no way to pay an earlier sandbox payment, gives it no real code, and lets it expire', async (t) => {
    const sandbox = await startCompanion();
    t.after(() => rm(dirname(sandbox.databaseFile), { recursive: true, force: true }));
    const left = await sandbox.createPayment({ methods: ['sbp', 'sberpay'] });
    const chosen = await sandbox.createPayment({ expires_in: 60 });
    const scanned = await sandbox.createPayment({ methods: ['buyer_qr'] });
    await sandbox.close();
    let ahead = 0;
    const real = await startCompanion(
      { SBP_DATABASE_URL: `file:${sandbox.databaseFile}` },
      {
        settings: { test: false, methods: { sbp: 'freepayment' } },
        providers: { freepayment: new ScriptedProvider() },
        now: () => Date.now() + ahead,
      },
    );
    t.after(() => real.stop());
    assert.equal((await real.sandbox(chosen.payment_id, 'pay')).status, 404);
    const path = new URL(chosen.qr_payload).pathname;
    const tap = { method: 'POST', body: 'action=pay' };
    assert.equal((await fetch(`${real.url}${path}`, tap)).status, 404);
    const session = (await (await real.checkout('/session', left.token)).json()) as Record<string, unknown>;
    assert.deepEqual([session['test'], session['actions']], [true, ['cancel']], 'no other method');
    const scan = await fetch(`${real.url}/checkout/v1/session/buyer-qr`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scanned.token}`, 'content-type': 'application/json' },
      body: '{"payload":"https://qr.example/code"}',
    });
    assert.equal(scan.ok, false, 'nor is a scanned code charged');
    assert.deepEqual(
      ((await (await real.checkout('/session', scanned.token)).json()) as { actions: unknown }).actions,
      ['cancel'],
    );
    ahead = 90_000;
    const statusOf = async (id: string) =>
      ((await (await real.api(`/payments/${id}`)).json()) as { status: string }).status;
    await until(async () => (await statusOf(chosen.payment_id)) === 'expired', 'its end', 20_000);
    const renewed = await fetch(`${real.url}/checkout/v1/session/renew`, {
      method: 'POST',
      headers: { authorization: `Bearer ${chosen.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(renewed.status, 409, 'a test payment gets no real code');
    const fresh = await real.createPayment();
    assert.equal(fresh['test'], false);
    assert.equal(await metric(real.url, 'sbp_test_mode'), 0);
  });
});

describe('a payment from before the companion changed between test and real money', () => {
  for (const test of [true, false]) {
    it(`is not registered with a provider and not charged: created as a ${test ? 'test' : 'real one'}`, async (t) => {
      const ledger = await ledgerOf(t, test);
      const turnTo = (kind: boolean) => {
        ledger.ctx = { ...ledger.ctx, config: { ...ledger.ctx.config, test: kind } };
      };
      ledger.provider.down = 'before';
      const pending = await ledger.createPayment();
      ledger.provider.down = 'no';
      turnTo(!test);
      const after = await registerWithProvider(ledger.ctx, pending);
      assert.deepEqual([after.status, after.providerPaymentId], ['created', null]);
      assert.equal(ledger.provider.created.size, 0);

      turnTo(test);
      const scanned = await ledger.createPayment();
      await ledger.ctx.store.write((trx) =>
        trx
          .updateTable('payments')
          .set({ presentationJson: '{"kind":"scan"}' })
          .where('id', '=', scanned.id)
          .execute(),
      );
      turnTo(!test);
      assert.equal(
        (await chargeBuyerQr(ledger.ctx, scanned.id, 'https://qr.example/code')).kind,
        'impossible',
      );
    });
  }
});

describe('Freepayment’s own test mode', () => {
  it('marks its payments as tests', async (t) => {
    const shop = await startFreepayment({ variant: 'BC' });
    t.after(() => shop.stop());
    const { token, ...created } = await shop.create();
    assert.equal(created['test'], true);
    const snapshot = (await (await shop.companion.checkout('/session', token)).json()) as Record<
      string,
      unknown
    >;
    assert.deepEqual([snapshot['test'], snapshot['sandbox']], [true, false]);
  });
});
