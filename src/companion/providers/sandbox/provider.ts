import { withCrc } from '../../../protocol/nspk-link.ts';
import { isPaymentStatus } from '../../../protocol/status.ts';
import type { Config } from '../../config.ts';
import { verifyWebhook, WebhookVerificationError } from '../../notifications/webhooks.ts';
import { ProviderError, type Provider, type ProviderReport } from '../provider.ts';
import type { SandboxBank } from './bank.ts';

/** The receiving bank in the sandbox's NSPK-like links, taken from a published sample. */
const RECEIVING_BANK = '100000000111';

/** The provider that speaks to the sandbox's bank, for trials without an acquirer. */
export function createSandboxProvider(
  bank: SandboxBank,
  config: Pick<Config, 'publicUrl' | 'sandboxLink' | 'webhookSecrets'>,
  now: () => number,
): Provider {
  const pageOf = (qrId: string) => `${config.publicUrl}/sandbox/bank/${qrId}`;

  async function report(reference: string): Promise<ProviderReport> {
    const bill = await bank.findByReference(reference);
    if (!bill) throw new ProviderError('refused', 'the sandbox bank has no such payment');
    return { reference, status: bill.status, amount: bill.amount, currency: bill.currency };
  }

  return {
    methods: ['sbp'],

    async create(request) {
      const bill = await bank.open(request);
      const link =
        config.sandboxLink === 'nspk'
          ? withCrc(
              `https://qr.nspk.ru/${bill.qr_id}?type=02&bank=${RECEIVING_BANK}&sum=${bill.amount}&cur=${bill.currency}`,
            )
          : pageOf(bill.qr_id);
      return {
        providerPaymentId: bill.reference,
        qrId: bill.qr_id,
        presentation: { kind: 'link', url: link, deep_link: null },
      };
    },

    status: report,

    async cancel(reference) {
      await bank.move(reference, 'canceled');
      return report(reference);
    },

    async refund({ reference, amount }) {
      const bill = await bank.findByReference(reference);
      if (!bill) throw new ProviderError('refused', 'the sandbox bank has no such payment');
      return { status: bill.status === 'paid' && amount <= bill.amount ? 'succeeded' : 'failed' };
    },

    parseWebhook({ headers, body }) {
      const { event, deliveryId, payload } = verifyWebhook({
        body,
        headers,
        secrets: config.webhookSecrets,
        now: now(),
      });
      const { payment_id: reference, status, amount, currency } = payload;
      if (typeof reference !== 'string' || deliveryId === '') {
        throw new WebhookVerificationError(
          'body_malformed',
          'The body names no payment, or X-SBP-Delivery is missing',
        );
      }
      return {
        deliveryId,
        event,
        reference,
        status: isPaymentStatus(status) ? status : null,
        // A sum that cannot be read is not no sum: no payment is of 0 kopecks.
        amount: amount === undefined ? null : typeof amount === 'number' ? amount : 0,
        currency: typeof currency === 'string' ? currency : null,
      };
    },

    ownBanks: (qrId) => [
      {
        id: 'sandbox',
        name: 'Тестовый банк',
        aliases: ['Test Bank', 'sandbox', 'песочница'],
        url: pageOf(qrId),
      },
    ],
  };
}
