import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OutboundClient } from '../../src/companion/outbound/client.ts';
import { createFreepaymentProvider } from '../../src/companion/providers/freepayment/provider.ts';
import type { FreepaymentSettings } from '../../src/companion/providers/freepayment/settings.ts';
import {
  ProviderError,
  type CreateRequest,
  type PaymentRef,
  type Provider,
} from '../../src/companion/providers/provider.ts';
import { UpstreamProxy, type Passed, type Trick } from './upstream-proxy.ts';

export const NOW = Date.UTC(2026, 0, 1);
export const WEBHOOK_URL = 'https://pay.example/webhooks/freepayment';
export const UID = '12c34ec5-a678-9d1a-2345-f678d912c345';
export const LINK = 'https://qr.nspk.ru/BS10000LE9UMVMG79SARVEE105HKATPO';

export const request: CreateRequest = {
  reference: 'pay_ABCDEFGHIJKLMNOPQRST',
  method: 'sbp',
  amount: 100_000,
  currency: 'RUB',
  orderId: 'ORD-1',
  description: 'Ромашки',
  merchantName: 'Ромашка',
  expiresAt: NOW + 900_000,
  returnUrl: 'https://shop.example/thanks',
  hostedPage: 'https://pay.example/pay#token',
  customer: { ip: '203.0.113.7', phone: '+7 999 000-11-22', email: 'payer@example.ru' },
};
export const payment: PaymentRef = {
  reference: request.reference,
  providerPaymentId: UID,
  method: 'sbp',
  amount: 100_000,
  currency: 'RUB',
};
export const transaction = {
  uid: UID,
  type: 'payment',
  status: 'pending',
  amount: 100_000,
  currency: 'RUB',
  tracking_id: request.reference,
  receipt_url: 'https://account.freepayment.example/receipt',
  form: { action: LINK, method: 'GET', fields: [] },
};

/** Reads a published message of the acquirer. */
export function published(name: string): Record<string, Record<string, unknown>> {
  const file = join(import.meta.dirname, '../fixtures/freepayment', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
}

export const answering =
  (body: unknown, status = 200): Trick =>
  (_call, response) =>
    response.writeHead(status).end(JSON.stringify(body));

export async function kindOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    (error: unknown) => (error instanceof ProviderError ? error.kind : String(error)),
  );
}

/** The provider with an acquirer whose responses the test decides. */
export class ScriptedAcquirer {
  readonly #upstream: UpstreamProxy;
  readonly #outbound = new OutboundClient({ development: true });

  private constructor(upstream: UpstreamProxy) {
    this.#upstream = upstream;
  }

  static async start(): Promise<ScriptedAcquirer> {
    return new ScriptedAcquirer(await UpstreamProxy.start(null));
  }

  get calls(): Passed[] {
    return this.#upstream.calls;
  }

  set trick(trick: Trick) {
    this.#upstream.trick = trick;
  }

  says(fields: object, status = 200): void {
    this.trick = answering({ transaction: { ...transaction, ...fields } }, status);
  }

  provider(settings: Partial<FreepaymentSettings> = {}): Provider {
    return createFreepaymentProvider({
      settings: {
        baseUrl: `${this.#upstream.url}/beyag`,
        shopId: 'shop',
        secretKey: 'key',
        publicKey: null,
        variant: 'BC',
        test: false,
        repeatRefunds: false,
        ...settings,
      },
      outbound: this.#outbound,
      webhookUrl: WEBHOOK_URL,
      now: () => NOW,
    });
  }

  async stop(): Promise<void> {
    await this.#outbound.close();
    this.#upstream.stop();
  }
}
