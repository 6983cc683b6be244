import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { receiveStatus } from '../../../../src/companion/payments/reports/receive-status.ts';
import { changeStatus } from '../../../../src/companion/payments/lifecycle/change-status.ts';
import { registerWithProvider } from '../../../../src/companion/payments/lifecycle/register-with-provider.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { sendCharge, chargeBuyerQr } from '../../../../src/companion/payments/lifecycle/charge-buyer-qr.ts';
import { chooseMethod } from '../../../../src/companion/payments/lifecycle/choose-method.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { ProviderError, type ProviderReport } from '../../../../src/companion/providers/provider.ts';
import type { Method } from '../../../../src/protocol/snapshot.ts';
import { Ledger } from '../../../support/ledger.ts';

/** Tests answers to calls whose payment has changed during the call. */
let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

const paymentOf = async (id: string) => (await findPayment(ledger.ctx.store.read, id))!;

async function newPayment(...methods: [Method, ...Method[]]) {
  return ledger.createPayment({ methods });
}

describe('a create that is refused late', () => {
  it('does not fail a payment whose code is shown', async () => {
    ledger.provider.down = 'before';
    const pending = await newPayment('sbp');
    ledger.provider.down = 'no';
    assert.notEqual((await registerWithProvider(ledger.ctx, pending)).providerPaymentId, null);
    ledger.provider.create = () => Promise.reject(new ProviderError('refused', 'exists already'));
    const after = await registerWithProvider(ledger.ctx, pending);
    assert.deepEqual([after.status, (await paymentOf(pending.id)).status], ['created', 'created']);
  });
});

describe('a cancel', () => {
  it('closes the method that was chosen during the cancel', async () => {
    const { id } = await newPayment('sbp', 'sberpay');
    await chooseMethod(ledger.ctx, id, { method: 'sbp', phone: null });
    const stale = await paymentOf(id);
    await chooseMethod(ledger.ctx, id, { method: 'sberpay', phone: null });
    assert.equal((await cancelPayment(ledger.ctx, stale, { source: 'payer' })).status, 'canceled');
    for (let round = 0; round < 3; round++) {
      ledger.time += 60_000;
      await ledger.look();
    }
    const attempts = await findAttempts(ledger.ctx.store.read, id);
    const left = attempts.map(({ reference }) => ledger.provider.created.get(reference)!.status);
    assert.deepEqual(left, ['canceled', 'canceled']);
  });

  it('is refused to the payer while the payment is processing', async () => {
    const payment = await newPayment('sbp');
    await changeStatus(ledger.ctx, payment.id, {
      status: 'processing',
      cause: {
        event: 'payment.processing',
        source: 'test',
      },
    });
    assert.equal(
      (await cancelPayment(ledger.ctx, await paymentOf(payment.id), { source: 'payer' })).status,
      'processing',
    );
  });

  it('that was refused to the payer closes nothing later', async () => {
    const { provider } = ledger;
    const { id } = await newPayment('sbp');
    const closing = provider.cancel.bind(provider);
    provider.cancel = async () => {
      await ledger.tell(id, 'processing');
      throw new ProviderError('unavailable', 'down');
    };
    assert.equal(
      (await cancelPayment(ledger.ctx, await paymentOf(id), { source: 'payer' })).status,
      'processing',
    );
    provider.cancel = closing;
    for (let round = 0; round < 3; round++) {
      ledger.time += 6_000;
      await ledger.look();
    }
    const bill = provider.created.get(id)!.status;
    assert.deepEqual([bill, (await paymentOf(id)).status], ['created', 'processing']);
  });
});

describe('a scanned code', () => {
  const bank = {
    charge: 'silent' as 'silent' | 'refuses',
    has: 'created' as 'created' | 'paid' | null,
    charges: 0,
  };

  /** Creates a payment at a provider that charges scanned codes. */
  async function scannable() {
    const { provider } = ledger;
    const create = provider.create.bind(provider);
    provider.create = async (request) =>
      ({ ...(await create(request)), presentation: { kind: 'scan' } }) as never;
    Object.assign(provider, {
      capabilities: { ...provider.capabilities, methods: ['buyer_qr'], charge: true, webhookTrust: 'none' },
      charge: (): Promise<ProviderReport> => {
        bank.charges++;
        return Promise.reject(
          new ProviderError(bank.charge === 'silent' ? 'unavailable' : 'refused', 'the code was used'),
        );
      },
      status: ({ reference }: { reference: string }): Promise<ProviderReport> =>
        Promise.resolve({ reference, status: bank.has, amount: 10_000, currency: 'RUB' }),
    });
    return newPayment('buyer_qr');
  }

  it('without a result keeps its payment open, because another code would be a second charge', async () => {
    Object.assign(bank, { charge: 'silent', has: 'created' });
    const { id } = await scannable();
    assert.equal((await chargeBuyerQr(ledger.ctx, id, 'code')).kind, 'taken');
    for (let round = 0; round < 4; round++) {
      ledger.time += 900_000;
      await ledger.look();
    }
    const { status, chargePayload } = await paymentOf(id);
    assert.deepEqual([status, chargePayload], ['created', 'code']);
  });

  it('whose repeat is refused is paid if the bank reports it', async () => {
    Object.assign(bank, { charge: 'silent', has: 'paid' });
    const { id } = await scannable();
    await chargeBuyerQr(ledger.ctx, id, 'code');
    bank.charge = 'refuses';
    assert.equal((await sendCharge(ledger.ctx, await paymentOf(id))).kind, 'taken');
    assert.equal((await paymentOf(id)).status, 'paid');
  });

  it('that was charged with another amount is not charged again, and is flagged', async () => {
    const { id } = await scannable();
    let charges = 0;
    Object.assign(ledger.provider, {
      charge: ({ reference }: { reference: string }): Promise<ProviderReport> => {
        charges++;
        return Promise.resolve({ reference, status: 'paid', amount: 9_999, currency: 'RUB' });
      },
    });
    assert.equal((await chargeBuyerQr(ledger.ctx, id, 'code')).kind, 'taken');
    Object.assign(bank, { has: 'created' });
    for (let round = 0; round < 4; round++) {
      ledger.time += 60_000;
      await ledger.look();
    }
    assert.equal(charges, 1);
    const { status, chargePayload } = await paymentOf(id);
    assert.deepEqual([status, chargePayload], ['processing', null], 'nor is another one scanned');
    assert.deepEqual(
      (await ledger.attentionOf(id)).map(({ reason }) => reason),
      ['amount_mismatch'],
    );
  });

  it('that is refused by the first call can be replaced', async () => {
    Object.assign(bank, { charge: 'refuses' });
    const { id } = await scannable();
    ledger.provider.status = () => Promise.reject(new ProviderError('refused', 'no such service'));
    assert.equal((await chargeBuyerQr(ledger.ctx, id, 'code')).kind, 'refused');
    const { reference, presentation, chargePayload } = await paymentOf(id);
    assert.deepEqual([reference, presentation.kind, chargePayload], [`${id}-2`, 'scan', null]);
  });

  /** Scans a code whose first call has no answer and whose repeats are refused. */
  async function inDoubt() {
    Object.assign(bank, { charge: 'silent', has: 'created', charges: 0 });
    const { id } = await scannable();
    await chargeBuyerQr(ledger.ctx, id, 'code');
    bank.charge = 'refuses';
    return id;
  }
  /** Advances the clock second by second. */
  async function wait(seconds: number) {
    for (let second = 0; second < seconds; second++) {
      ledger.time += 1_000;
      await ledger.look();
    }
  }

  it('that may have reached the bank is not replaced after the first answer that the bank does not know it', async () => {
    const id = await inDoubt();
    await wait(15);
    const { reference, chargePayload } = await paymentOf(id);
    assert.deepEqual([reference, chargePayload], [id, 'code']);
    bank.has = 'paid';
    await wait(10);
    assert.equal((await paymentOf(id)).status, 'paid');
  });

  it('that the bank does not know after half a minute can be replaced', async () => {
    const id = await inDoubt();
    await wait(40);
    const { reference, chargePayload } = await paymentOf(id);
    assert.deepEqual([reference, chargePayload], [`${id}-2`, null]);
  });

  it('that is reported as paid while no other is scanned pays the payment', async () => {
    const id = await inDoubt();
    await wait(40);
    bank.has = 'paid';
    await wait(60);
    assert.equal((await paymentOf(id)).status, 'paid');
  });

  for (const when of ['before', 'after'] as const) {
    it(`that is reported as paid ${when} the next one is a second charge, and is flagged`, async () => {
      const id = await inDoubt();
      await wait(40);
      const charging = ({ reference }: { reference: string }): Promise<ProviderReport> =>
        Promise.resolve({ reference, status: 'paid', amount: 10_000, currency: 'RUB' });
      const paid = () => (bank.has = 'paid');
      if (when === 'before') paid();
      Object.assign(ledger.provider, { charge: charging });
      await chargeBuyerQr(ledger.ctx, id, 'fresh code');
      if (when === 'after') paid();
      await wait(60);
      assert.equal((await paymentOf(id)).status, 'paid');
      const [told] = await ledger.attentionOf(id);
      assert.deepEqual([told?.['reason'], told?.['reference']], ['paid_twice', id]);
    });
  }

  it('whose order is known is polled and not charged again', async () => {
    const id = await inDoubt();
    bank.has = null;
    await wait(60);
    const { status, chargePayload } = await paymentOf(id);
    assert.deepEqual([status, chargePayload, bank.charges], ['processing', null, 2]);
  });

  it('without a result can be canceled by the merchant, and its money still counts', async () => {
    const id = await inDoubt();
    ledger.provider.status = () => Promise.reject(new ProviderError('refused', 'no such service'));
    await wait(60);
    assert.equal(
      (await cancelPayment(ledger.ctx, await paymentOf(id), { source: 'payer' })).status,
      'created',
    );
    assert.equal(
      (await cancelPayment(ledger.ctx, await paymentOf(id), { source: 'merchant' })).status,
      'canceled',
    );
    ledger.provider.status = ({ reference }) =>
      Promise.resolve({ reference, status: 'paid', amount: 10_000, currency: 'RUB' });
    await wait(30);
    const { status, late } = await paymentOf(id);
    assert.deepEqual([status, late], ['paid', true]);
  });

  it('stays watched if the bank does not know it yet when the payment is canceled', async () => {
    const id = await inDoubt();
    await receiveStatus(ledger.ctx, 'sandbox', {
      reference: id,
      status: 'created',
      amount: null,
      currency: null,
    });
    assert.equal((await paymentOf(id)).chargePayload, 'code');
  });
});
