import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { findEvents } from '../../../../src/companion/payments/model/queries.ts';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import type { PaymentStatus } from '../../../../src/protocol/status.ts';
import { Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

async function expired(): Promise<string> {
  const { id, deadline } = await ledger.createPayment();
  ledger.time = deadline + 1_000;
  await ledger.look();
  assert.equal((await ledger.paymentOf(id)).status, 'expired');
  return id;
}

const cancel = async (id: string, by: 'merchant' | 'payer' = 'merchant') =>
  (await cancelPayment(ledger.ctx, await ledger.paymentOf(id), { source: by })).status;

async function toldOf(id: string): Promise<string[]> {
  const rows = await ledger.ctx.store.read
    .selectFrom('deliveries')
    .select('event')
    .where('paymentId', '=', id)
    .orderBy('seq')
    .execute();
  return rows.map(({ event }) => event);
}

/** Makes the provider report this status for a closed code. */
function calls(word: PaymentStatus): void {
  const close = ledger.provider.cancel.bind(ledger.provider);
  ledger.provider.cancel = async (payment) => {
    const report = await close(payment);
    return report.status === 'canceled' ? { ...report, status: word } : report;
  };
}

describe('a merchant’s cancel of an expired payment', () => {
  it('ends its renewal, closes its code, and sends a webhook', async () => {
    const id = await expired();
    assert.equal(await cancel(id), 'canceled');
    assert.equal(await renewPayment(ledger.ctx, id), null);
    assert.equal(ledger.provider.created.get(id)!.status, 'canceled');
    assert.deepEqual(await toldOf(id), ['payment.expired', 'payment.canceled']);
  });

  it('is possible only for the merchant, not for the payer or the provider', async () => {
    const id = await expired();
    assert.equal(await cancel(id, 'payer'), 'expired');
    await ledger.tell(id, 'canceled');
    ledger.provider.created.get(id)!.status = 'refunded';
    ledger.time += 31_000;
    await ledger.look();
    assert.equal((await ledger.paymentOf(id)).status, 'expired');
    assert.notEqual(await renewPayment(ledger.ctx, id), null);
  });

  it('finds money whose webhook was lost', async () => {
    const id = await expired();
    ledger.provider.created.get(id)!.status = 'paid';
    assert.equal(await cancel(id), 'paid');
    assert.equal((await ledger.paymentOf(id)).late, true);
  });

  it('ends a renewal whose create is in progress, and closes its code after the create', async () => {
    const id = await expired();
    const { provider } = ledger;
    const create = provider.create.bind(provider);
    let release = (): void => undefined;
    provider.create = async (request) => {
      await new Promise<void>((resolve) => (release = resolve));
      return create(request);
    };
    const renewing = renewPayment(ledger.ctx, id);
    while ((await ledger.paymentOf(id)).status !== 'created') await new Promise(setImmediate);
    assert.equal(await cancel(id), 'canceled');
    release();
    await renewing;
    assert.equal((await ledger.paymentOf(id)).status, 'canceled');
    for (let round = 0; round < 4; round++) {
      ledger.time += 60_000;
      await ledger.look();
    }
    const attempts = await findAttempts(ledger.ctx.store.read, id);
    assert.deepEqual(
      attempts.map(({ reference }) => provider.created.get(reference)!.status),
      ['canceled', 'canceled'],
    );
  });
});

describe('a cancel of an open payment', () => {
  for (const by of ['merchant', 'payer'] as const) {
    it(`by its ${by} ends as canceled, also if the provider reports the closed code as expired`, async () => {
      const { id } = await ledger.createPayment();
      calls('expired');
      assert.equal(await cancel(id, by), 'canceled');
      assert.deepEqual(await toldOf(id), ['payment.canceled']);
    });

    it(`by its ${by} ends as canceled, also if the provider’s webhook comes before its answer`, async () => {
      const { id } = await ledger.createPayment();
      const close = ledger.provider.cancel.bind(ledger.provider);
      ledger.provider.cancel = async (payment) => {
        const report = await close(payment);
        await ledger.tell(id, 'expired');
        return { ...report, status: 'expired' };
      };
      assert.equal(await cancel(id, by), 'canceled');
    });
  }

  for (const word of ['paid', 'failed'] as const) {
    it(`ends as ${word} if the provider reports that`, async () => {
      const { id } = await ledger.createPayment();
      ledger.provider.created.get(id)!.status = word;
      assert.equal(await cancel(id), word);
    });
  }

  it('is applied once, even if it is requested several times', async () => {
    const { id } = await ledger.createPayment();
    assert.deepEqual(await Promise.all([cancel(id), cancel(id), cancel(id, 'payer')]), [
      'canceled',
      'canceled',
      'canceled',
    ]);
    assert.equal(await cancel(id), 'canceled');
    assert.deepEqual(await toldOf(id), ['payment.canceled']);
  });

  it('loses to money that comes at the same moment, in either order', async () => {
    for (const first of ['cancel', 'money'] as const) {
      const { id } = await ledger.createPayment();
      ledger.provider.cancel = () => Promise.reject(new ProviderError('unavailable', 'down'));
      const acts = { cancel: () => cancel(id), money: () => ledger.tell(id, 'paid') };
      const order = first === 'cancel' ? (['cancel', 'money'] as const) : (['money', 'cancel'] as const);
      await Promise.all(order.map((act) => acts[act]()));
      const { status, late } = await ledger.paymentOf(id);
      const events = await findEvents(ledger.ctx.store.read, id);
      const canceled = events.some(({ statusAfter }) => statusAfter === 'canceled');
      assert.deepEqual([status, late], ['paid', canceled], first);
    }
  });
});
