import {
  ProviderError,
  type CreateRequest,
  type PaymentRef,
  type Provider,
  type ProviderPayment,
  type ProviderReport,
  type RefundRequest,
} from '../../src/companion/providers/provider.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';

/** A provider whose every response the test decides, and which counts its calls. */
export class ScriptedProvider implements Provider {
  readonly capabilities = {
    methods: ['sbp', 'sberpay'],
    cancel: true,
    lifetime: 'ours',
    refund: 'partial',
    push: false,
    charge: false,
    webhookTrust: 'signature',
  } as const;
  readonly created = new Map<string, { amount: number; status: PaymentStatus }>();
  readonly refunds = new Map<string, number>();
  refusesRefunds = false;
  /** The attempt of each refund. */
  readonly refundedOf = new Map<string, string>();
  /** Calls get no response, but may still have an effect. */
  down: 'no' | 'before' | 'after' = 'no';

  create(request: Pick<CreateRequest, 'reference' | 'amount'>): Promise<ProviderPayment> {
    return this.#answer(() => {
      if (!this.created.has(request.reference)) {
        this.created.set(request.reference, { amount: request.amount, status: 'created' });
      }
      return {
        providerPaymentId: request.reference,
        qrId: `QR${request.reference}`,
        presentation: {
          kind: 'link' as const,
          url: `https://qr.nspk.ru/${request.reference}`,
          deep_link: null,
        },
        expiresAt: null,
      };
    });
  }

  status({ reference }: PaymentRef): Promise<ProviderReport> {
    return this.#answer(() => this.report(reference));
  }

  cancel({ reference }: PaymentRef): Promise<ProviderReport> {
    return this.#answer(() => {
      const payment = this.created.get(reference);
      if (payment?.status === 'created') payment.status = 'canceled';
      return this.report(reference);
    });
  }

  refund(request: RefundRequest) {
    return this.#answer(() => {
      if (this.refusesRefunds) throw new ProviderError('refused', 'no refunds today');
      this.refundedOf.set(request.refundId, request.payment.reference);
      this.refunds.set(request.refundId, request.amount);
      return { status: 'succeeded' as const };
    });
  }

  parseWebhook(): never {
    throw new Error('webhooks are handed over parsed here');
  }

  report(reference: string): ProviderReport {
    const payment = this.created.get(reference);
    if (!payment) throw new ProviderError('refused', 'no such payment');
    return { reference, status: payment.status, amount: payment.amount, currency: 'RUB' };
  }

  async #answer<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.down === 'before') throw new ProviderError('unavailable', 'down');
    const answer = work();
    if (this.down === 'after') throw new ProviderError('unavailable', 'the answer was lost');
    return answer;
  }
}
