import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { addAttempt } from '../../../../src/companion/payments/model/attempts.ts';
import { findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { confirmDelivery } from '../../../../src/companion/payments/reports/webhook-trust.ts';
import type {
  Capabilities,
  Provider,
  ProviderDelivery,
} from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

/** Tests a provider with one signing key for many merchants. */
describe('a webhook that came before its payment was stored', () => {
  let ledger: Ledger;
  before(async () => {
    ledger = await Ledger.open();
    const provider: Provider = ledger.provider;
    const capabilities: Capabilities = { ...provider.capabilities, webhookTrust: 'known-session' };
    Object.assign(provider, { capabilities });
  });
  after(() => ledger.close());

  async function deliver(delivery: ProviderDelivery): Promise<string> {
    const verified = await confirmDelivery(ledger.ctx, 'sandbox', delivery);
    return receiveWebhook(ledger.ctx, { provider: 'sandbox', delivery: verified, body: Buffer.from('{}') });
  }

  async function newPayment(): Promise<string> {
    const { id } = await ledger.createPayment({ callbackUrl: null });
    return id;
  }

  for (const [truth, end] of [
    ['paid', 'paid'],
    ['created', 'created'],
  ] as const) {
    it(`applies the provider’s later answer instead of its own claims: ${truth}`, async () => {
      const id = await newPayment();
      const reference = `${id}-2`;
      const said = { reference, providerPaymentId: reference, status: 'paid' } as const;
      const money = { amount: AMOUNT, currency: 'RUB' };
      const delivery = { deliveryId: reference, event: 'payment_finished', ...said, ...money };
      assert.equal(await deliver(delivery), 'unknown_payment');

      ledger.provider.created.set(reference, { amount: AMOUNT, status: truth });
      await ledger.ctx.store.write(async (trx) => {
        await addAttempt(
          trx,
          { id, attempts: 1 },
          { provider: 'sandbox', method: 'sbp', deadline: ledger.time },
          ledger.time,
        );
        // Store the claimed id. A claim is not trusted only because it came first.
        await trx
          .updateTable('attempts')
          .set({ providerPaymentId: reference })
          .where('reference', '=', reference)
          .execute();
      });
      ledger.time += 5_000;
      await ledger.look();
      assert.equal((await findPayment(ledger.ctx.store.read, id))!.status, end);
      const { outcome } = await ledger.ctx.store.read
        .selectFrom('providerDeliveries')
        .select('outcome')
        .where('deliveryId', '=', reference)
        .executeTakeFirstOrThrow();
      assert.notEqual(outcome, 'unknown_status', 'it was asked about');
      assert.equal(await deliver(delivery), 'duplicate');
    });
  }
});
