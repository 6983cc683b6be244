import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Reconciler } from '../../../../src/companion/payments/reconciler/reconciler.ts';
import { chooseMethod } from '../../../../src/companion/payments/lifecycle/choose-method.ts';
import { ProviderError, type ProviderReport } from '../../../../src/companion/providers/provider.ts';
import { Ledger } from '../../../support/ledger.ts';
import { ScriptedProvider } from '../../../support/scripted-provider.ts';
import { until } from '../../../support/until.ts';

const HOUR_MS = 3_600_000;

let ledger: Ledger;
let reconciler: Reconciler;
beforeEach(async () => {
  ledger = await Ledger.open();
  reconciler = new Reconciler(ledger.ctx);
});
afterEach(() => ledger.close());

const unavailable = () => Promise.reject(new ProviderError('unavailable', 'down'));

describe('a provider that does not answer', () => {
  /** Adds a second provider, for SberPay. */
  function secondProvider(): ScriptedProvider {
    const second = new ScriptedProvider();
    Object.assign(ledger.ctx.providers, { 'sbp-api': second });
    Object.assign(ledger.ctx, {
      config: { ...ledger.ctx.config, methods: { sbp: 'sandbox', sberpay: 'sbp-api' } },
    });
    return second;
  }

  it('delays its own payments only, and is asked about few at once', async () => {
    const second = secondProvider();
    let release = (): void => undefined;
    const silence = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    const status = ledger.provider.status.bind(ledger.provider);
    ledger.provider.status = async (payment) => {
      waiting++;
      await silence;
      return status(payment);
    };
    for (let i = 0; i < 60; i++) await ledger.createPayment();
    ledger.time += 6_000;
    await reconciler.runRound();
    const { id } = await ledger.createPayment({ methods: ['sberpay'] });
    second.created.get(id)!.status = 'paid';
    ledger.time += 6_000;
    for (let round = 0; round < 3; round++) await reconciler.runRound();
    await until(async () => (await ledger.paymentOf(id)).status === 'paid', 'the other one');
    assert.equal(waiting, 20);
    release();
    await reconciler.idle();
  });

  it('is not waited for by a payment that has left it for another', async () => {
    const second = secondProvider();
    const { id } = await ledger.createPayment({ methods: ['sbp', 'sberpay'] });
    await chooseMethod(ledger.ctx, id, { method: 'sbp', phone: null });
    await chooseMethod(ledger.ctx, id, { method: 'sberpay', phone: null });
    ledger.provider.created.get(id)!.status = 'failed';
    await ledger.look();
    let release = (): void => undefined;
    ledger.provider.status = () =>
      new Promise((_, reject) => (release = () => reject(new ProviderError('unavailable', 'late'))));
    second.created.get(`${id}-2`)!.status = 'paid';
    ledger.time += 6_000;
    await reconciler.runRound();
    await until(async () => (await ledger.paymentOf(id)).status === 'paid', 'the money');
    release();
    await reconciler.idle();
  });
});

describe('work that fails', () => {
  it('is put off, a webhook too: those behind it have their turn', async () => {
    Object.assign(ledger.provider, {
      capabilities: { ...ledger.provider.capabilities, webhookTrust: 'confirm-by-status' },
    });
    const { id } = await ledger.createPayment();
    for (let i = 0; i < 60; i++) assert.equal(await ledger.tell(id, 'refunded'), 'premature');
    ledger.time += 4_000;
    const last = await ledger.createPayment();
    await ledger.tell(last.id, 'refunded');
    let asked = 0;
    ledger.provider.status = (payment): Promise<ProviderReport> => {
      if (payment.reference !== last.id) return unavailable();
      asked++;
      return Promise.resolve(ledger.provider.report(last.id));
    };
    // Plan no polls of payments: this test is about the webhooks.
    await ledger.ctx.store.write((trx) => trx.updateTable('payments').set({ nextCheckAt: null }).execute());
    ledger.time += 5_000;
    for (let round = 0; round < 5; round++) await ledger.look();
    assert.equal(asked, 1);
    const rows = await ledger.ctx.store.read.selectFrom('providerDeliveries').selectAll().execute();
    assert.ok(rows.every(({ nextTryAt }) => nextTryAt === null || nextTryAt > ledger.time));
  });

  it('is put off for longer each time, as a confirmation is', async () => {
    const { id } = await ledger.createPayment();
    let tries = 0;
    Object.assign(ledger.provider, {
      confirm: () => {
        tries++;
        return unavailable();
      },
    });
    const want = { reference: id, amount: 10_000, currency: 'RUB', status: null, wantsConfirmation: true };
    ledger.provider.report = () => want;
    ledger.time += 6_000;
    for (let round = 0; round < 5; round++) await ledger.look();
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const { nextConfirmAt } = await ledger.ctx.store.read
        .selectFrom('attempts')
        .selectAll()
        .executeTakeFirstOrThrow();
      waits.push((nextConfirmAt! - ledger.time) / 1_000);
      ledger.time = nextConfirmAt!;
      await ledger.look();
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.equal(tries, 9);
  });
});

describe('our word to a provider that waits for it', () => {
  it('is not given for a way that the payer has left while the merchant was asked', async () => {
    const { id } = await ledger.createPayment({ methods: ['sbp', 'sberpay'] });
    await chooseMethod(ledger.ctx, id, { method: 'sbp', phone: null });
    const confirmed: string[] = [];
    Object.assign(ledger.provider, {
      confirm: ({ reference }: { reference: string }) => Promise.resolve(void confirmed.push(reference)),
    });
    Object.assign(ledger.ctx, {
      confirms: async () => {
        await chooseMethod(ledger.ctx, id, { method: 'sberpay', phone: null });
        return true;
      },
    });
    ledger.provider.report = (reference) => ({
      reference,
      amount: 10_000,
      currency: 'RUB',
      status: null,
      wantsConfirmation: reference === id,
    });
    ledger.time += 6_000;
    for (let round = 0; round < 3; round++) await ledger.look();
    assert.deepEqual(confirmed, []);
    const { method, reference } = await ledger.paymentOf(id);
    assert.deepEqual([method, reference], ['sberpay', `${id}-2`]);
  });
});

describe('a payment that does not end', () => {
  for (const [what, answer] of [
    ['goes on', (reference: string) => ({ reference, status: 'processing', amount: null, currency: null })],
    ['is not answered about', unavailable],
  ] as const) {
    it(`and ${what} is told once, across a restart, and asked about ever less`, async () => {
      const { id, deadline } = await ledger.createPayment();
      let asked = 0;
      ledger.provider.status = async (payment) => {
        asked++;
        return (await answer(payment.reference)) as ProviderReport;
      };
      const untilHours = async (hours: number) => {
        for (; ledger.time < deadline + hours * HOUR_MS; ledger.time += HOUR_MS / 12) await ledger.look();
      };
      await untilHours(2.9);
      assert.deepEqual(await ledger.attentionOf(id), []);
      await untilHours(4);
      const told = await ledger.attentionOf(id);
      assert.deepEqual(
        told.map(({ reason, reference }) => [reason, reference]),
        [['overdue', id]],
      );
      await ledger.restart();
      asked = 0;
      await untilHours(28);
      assert.ok(asked >= 10 && asked <= 30, `asked ${asked} times in a day`);
      assert.equal((await ledger.attentionOf(id)).length, 1);
      ledger.time = deadline + 31 * 24 * HOUR_MS;
      await ledger.look();
      asked = 0;
      ledger.time += 90 * 24 * HOUR_MS;
      await ledger.look();
      assert.equal(asked, 0);
      assert.equal(await ledger.tell(id, 'paid'), 'applied', 'a webhook still ends it');
    });
  }
});
