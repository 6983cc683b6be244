import { withCrc } from '../../../protocol/nspk-link.ts';
import { isPaymentStatus } from '../../../protocol/status.ts';
import { verifyWebhook, WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import { ProviderError, type PaymentRef, type Provider, type ProviderReport } from '../provider.ts';
import type { SandboxBank } from './bank.ts';

/** The receiving bank in the sandbox's NSPK-like links. From a published sample. */
const RECEIVING_BANK = '100000000111';

export interface SandboxConfig {
  readonly publicUrl: string;
  /** The link in the sandbox's QR codes: the sandbox bank's page, or a link in NSPK's form. */
  readonly sandboxLink: 'page' | 'nspk';
  readonly webhookSecrets: readonly string[];
}

/** The provider of the sandbox's bank, for trials without an acquirer. */
export function createSandboxProvider(bank: SandboxBank, config: SandboxConfig, now: () => number): Provider {
  const pageOf = (qrId: string) => `${config.publicUrl}/sandbox/bank/${qrId}`;

  async function billOf(reference: string) {
    const bill = await bank.findByReference(reference);
    if (!bill) throw new ProviderError('refused', 'no such payment at the sandbox bank');
    return bill;
  }

  async function report({ reference }: PaymentRef): Promise<ProviderReport> {
    const { status, amount, currency } = await billOf(reference);
    return { reference, status, amount, currency, test: true };
  }

  return {
    capabilities: {
      methods: ['sbp', 'sberpay', 'buyer_qr'],
      cancel: true,
      lifetime: 'ours',
      refund: 'partial',
      push: true,
      charge: true,
      webhookTrust: 'signature',
    },

    async create(request) {
      const bill = await bank.open(request);
      const made = { providerPaymentId: bill.reference, expiresAt: null, test: true };
      if (request.method === 'buyer_qr') return { ...made, qrId: null, presentation: { kind: 'scan' } };
      const link =
        config.sandboxLink === 'nspk'
          ? withCrc(
              `https://qr.nspk.ru/${bill.qrId}?type=02&bank=${RECEIVING_BANK}&sum=${bill.amount}&cur=${bill.currency}`,
            )
          : pageOf(bill.qrId);
      return { ...made, qrId: bill.qrId, presentation: { kind: 'link', url: link, deep_link: null } };
    },

    status: report,

    async cancel(payment) {
      await bank.setStatus(payment.reference, 'canceled');
      return report(payment);
    },

    async refund({ payment, amount }) {
      const bill = await billOf(payment.reference);
      if (bill.status === 'paid' && amount <= bill.amount) return { status: 'succeeded' };
      return {
        status: 'failed',
        failureReason: `the sandbox bank has no such sum: the bill is ${bill.status}`,
      };
    },

    /** Sends nothing: the sandbox has no phones. The phone `70000000000` is refused. */
    async push(payment, phone) {
      await billOf(payment.reference);
      if (phone === '70000000000') throw new ProviderError('refused', 'no such phone at the sandbox bank');
    },

    /**
     * Accepts any text as a code. A code that contains "decline" is declined, and one that contains "unknown" is
     * refused.
     */
    async charge({ payload, ...payment }) {
      await billOf(payment.reference);
      if (payload.includes('unknown')) throw new ProviderError('refused', 'no such code at the sandbox bank');
      if (payload.includes('decline')) await bank.setStatus(payment.reference, 'failed');
      else await bank.paySlowly(payment.reference);
      return report(payment);
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
        // An unreadable amount must not count as a missing one: no payment has 0 kopecks.
        amount: amount === undefined ? null : typeof amount === 'number' ? amount : 0,
        currency: typeof currency === 'string' ? currency : null,
        test: true,
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
