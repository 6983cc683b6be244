import type { IncomingHttpHeaders } from 'node:http';
import type { Method, Presentation } from '../../protocol/snapshot.ts';
import type { OwnBank } from '../banks/links.ts';
import type { PaymentStatus } from '../../protocol/status.ts';

/** Who pays, as far as the shop told us; some providers insist on parts of it. */
export interface Customer {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly ip?: string | undefined;
  readonly country?: string | undefined;
}

export interface CreateRequest {
  /** Our id of this payment at the provider, and its idempotency key: a repeat is the same payment. */
  readonly reference: string;
  readonly method: Method;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly orderId: string;
  readonly description: string | null;
  readonly merchantName: string;
  /** Unix time, ms. */
  readonly expiresAt: number;
  readonly returnUrl: string | null;
  readonly customer: Customer;
}

export interface ProviderPayment {
  readonly providerPaymentId: string;
  /** The provider's id of the QR, where it has one. */
  readonly qrId: string | null;
  readonly presentation: Presentation;
}

/** What a provider says of a payment, by webhook or when asked. */
export interface ProviderReport {
  readonly reference: string;
  /** `null` for a status we do not know: it is logged and changes nothing. */
  readonly status: PaymentStatus | null;
  /** Kopecks; `null` when the message carries none. Checked against ours before money is believed. */
  readonly amount: number | null;
  readonly currency: string | null;
}

/** A verified webhook. `deliveryId` is what repeats of the same message share. */
export interface ProviderDelivery extends ProviderReport {
  readonly deliveryId: string;
  /** The provider's own name of the event, for the log. */
  readonly event: string;
}

export interface RefundRequest {
  readonly reference: string;
  /** Our id of the refund and its idempotency key. */
  readonly refundId: string;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string | null;
}

export interface ProviderRefund {
  readonly status: 'pending' | 'succeeded' | 'failed';
}

export interface RawWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came: signatures are over them. */
  readonly body: Buffer;
}

/** A payment system. Every call may be repeated with the same reference and must then mean the same. */
export interface Provider {
  readonly methods: readonly Method[];
  create(request: CreateRequest): Promise<ProviderPayment>;
  status(reference: string): Promise<ProviderReport>;
  /** Closes the QR; the answer tells what the payment came to (it may have been paid a moment before). */
  cancel(reference: string): Promise<ProviderReport>;
  refund(request: RefundRequest): Promise<ProviderRefund>;
  /** Throws {@link WebhookVerificationError} (see notifications/webhooks.ts) when the message is not authentic. */
  parseWebhook(webhook: RawWebhook): ProviderDelivery;
  /** Banks that only this provider's payments can be paid in. */
  ownBanks?(qrId: string): readonly OwnBank[];
}

/**
 * `refused`: the provider understood and said no; the payment will not come to be.
 * `unavailable`: nobody knows whether it arrived; the same call is to be repeated.
 */
export class ProviderError extends Error {
  readonly kind: 'refused' | 'unavailable';
  constructor(kind: 'refused' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
  }
}
