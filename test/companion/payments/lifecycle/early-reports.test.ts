import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { findAttempt } from '../../../../src/companion/payments/model/attempts.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import type { Payment } from '../../../../src/companion/payments/model/payment.ts';
import type { Provider, ProviderDelivery } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

const PENDING = { kind: 'pending' } as const;

let ledger: Ledger;
before(async () => {
  ledger = await Ledger.open();
});
after(() => ledger.close());

function newPayment(): Promise<Payment> {
  const expiresAt = ledger.time + 3_600_000;
  return ledger.createPayment({ expiresAt, callbackUrl: null });
}

let deliveries = 0;
function tell(reference: string, said: Partial<ProviderDelivery>): Promise<string> {
  const delivery: ProviderDelivery = {
    deliveryId: `d-${++deliveries}`,
    event: 'report',
    reference,
    status: null,
    amount: AMOUNT,
    currency: 'RUB',
    ...said,
  };
  return receiveWebhook(ledger.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') });
}

describe('an answer to the create that comes after a webhook', () => {
  for (const [what, presentation] of [
    ['link', { kind: 'link', url: 'https://qr.nspk.ru/REPORTED', deep_link: null }],
    ['id', null],
  ] as const) {
    it(`still sets the expiry when the ${what} has come already`, async () => {
      const provider: Provider = ledger.provider;
      const create = provider.create.bind(provider);
      const endsAt = ledger.time + 60_000;
      provider.create = async (request) => {
        const answer = await create(request);
        const { reference } = request;
        await tell(reference, { status: 'created', presentation, providerPaymentId: reference });
        return {
          ...answer,
          presentation: presentation ? answer.presentation : PENDING,
          expiresAt: endsAt,
        };
      };
      try {
        const payment = await newPayment();
        assert.equal(payment.expiresAt, endsAt);
        assert.deepEqual(payment.presentation, presentation ?? PENDING, 'what is there stands');
      } finally {
        provider.create = create;
      }
    });
  }
});

describe('an answer to the create that comes too late', () => {
  /** Runs a function while the provider handles a create. */
  async function meanwhile(deed: (reference: string) => Promise<unknown>, answeredId?: string) {
    const provider: Provider = ledger.provider;
    const create = provider.create.bind(provider);
    provider.create = async (request) => {
      const answer = await create(request);
      await deed(request.reference);
      return { ...answer, providerPaymentId: answeredId ?? answer.providerPaymentId };
    };
    try {
      return await newPayment();
    } finally {
      provider.create = create;
    }
  }

  it('shows no link if the payment was canceled meanwhile', async () => {
    const { id } = await meanwhile(async (reference) => {
      await cancelPayment(ledger.ctx, await ledger.paymentOf(reference), { source: 'payer' });
    });
    const { status, presentation } = await ledger.paymentOf(id);
    assert.deepEqual([status, presentation], ['canceled', PENDING]);
    await ledger.look();
    assert.equal(ledger.provider.created.get(id)?.status, 'canceled', 'and closes it at its provider');
  });

  it('is ignored if a webhook has stored another provider id', async () => {
    const { id } = await meanwhile(
      (reference) => tell(reference, { status: 'created', providerPaymentId: 'named' }),
      'answered',
    );
    const { providerPaymentId, presentation } = await ledger.paymentOf(id);
    assert.deepEqual([providerPaymentId, presentation], ['named', PENDING]);
    assert.equal((await findAttempt(ledger.ctx.store.read, id))?.providerPaymentId, 'named');
  });
});

describe('an answer to the create that was lost', () => {
  it('is replaced by a report, which also sets the expiry', async () => {
    ledger.provider.down = 'after';
    const payment = await newPayment();
    ledger.provider.down = 'no';
    const endsAt = ledger.time + 60_000;
    await tell(payment.id, { status: 'created', providerPaymentId: payment.id });
    const report = ledger.provider.report.bind(ledger.provider);
    const presentation = { kind: 'link', url: 'https://qr.nspk.ru/ASKED', deep_link: null } as const;
    ledger.provider.report = (reference) => ({ ...report(reference), presentation, expiresAt: endsAt });
    try {
      ledger.time += 10_000;
      await ledger.look();
      const offered = (await findPayment(ledger.ctx.store.read, payment.id))!;
      assert.deepEqual([offered.presentation, offered.expiresAt], [presentation, endsAt]);
    } finally {
      ledger.provider.report = report;
    }
  });
});

describe('a payment that its provider reports as canceled', () => {
  for (const [ahead, end] of [
    [0, 'canceled'],
    [3_599_000, 'expired'],
    [3_700_000, 'expired'],
  ] as const) {
    it(`${ahead / 1000} s after it was made has ${end}`, async () => {
      const { id } = await newPayment();
      ledger.time += ahead;
      assert.equal(await tell(id, { status: 'canceled' }), 'applied');
      assert.equal((await findPayment(ledger.ctx.store.read, id))!.status, end);
    });
  }
});

describe('a payment that its provider reports as processing before it has a link', () => {
  it('stays open until it has a link', async () => {
    ledger.provider.down = 'before';
    const { id } = await newPayment();
    assert.equal(await tell(id, { status: 'processing' }), 'unchanged');
    ledger.provider.down = 'no';
    ledger.time += 60_000;
    await ledger.look();
    const payment = (await findPayment(ledger.ctx.store.read, id))!;
    assert.deepEqual([payment.status, payment.presentation.kind], ['created', 'link']);
    assert.equal(await tell(id, { status: 'processing' }), 'applied');
    assert.equal(await tell(id, { status: 'paid' }), 'applied');
  });
});
