import type { ProviderName } from '../env/provider-names.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { FieldError } from '../../protocol/problem.ts';
import type { Method, Presentation } from '../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../protocol/status.ts';
import type { OwnBank } from '../banks/links.ts';

/** Who pays, as far as the shop told us; some providers insist on parts of it. */
export interface Customer {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly ip?: string | undefined;
  readonly country?: string | undefined;
}

/** What a provider can do. The API and the snapshot's `actions[]` offer nothing else. */
export interface Capabilities {
  readonly methods: readonly Method[];
  /** Ends an unpaid payment at the provider. Without it an abandoned payment is only watched until its time is over. */
  readonly cancel: boolean;
  /**
   * How long its codes live: `ours` if none can be paid after the `expiresAt` of its create; `own` if it is not told that time,
   * or does not keep to it: then its answers say when a code ends (`expiresAt`), or its status says that it has.
   */
  readonly lifetime: 'ours' | 'own';
  /** `once`: one refund a payment, in full or in part. */
  readonly refund: 'none' | 'once' | 'partial';
  /** Sends the payer's phone a message that leads to the payment. */
  readonly push: boolean;
  /** Charges the payer's own code, which the seller has scanned. */
  readonly charge: boolean;
  /**
   * How far a verified webhook is trusted:
   * - `signature`: its contents are true. The signature covers a time, so that an old message cannot be sent again.
   * - `known-session`: its contents are true if it names the `providerPaymentId` that the provider returned to us. A
   *   message with another id is ignored; while no id is known, {@link Provider.status} must confirm the message. For
   *   providers that sign the webhooks of all merchants with one key.
   * - `confirm-by-status`: an old message could be sent again, so that {@link Provider.status} must confirm it.
   * - `none`: the provider sends no webhooks. The companion polls its payments more often.
   */
  readonly webhookTrust: 'signature' | 'known-session' | 'confirm-by-status' | 'none';
}

/** One attempt at a payment, as a provider knows it. */
export interface PaymentRef {
  /** Our id of it at the provider: at most 32 characters of `[A-Za-z0-9_-]`. */
  readonly reference: string;
  /** The provider's own; `null` while its answer to the create has not come (or was lost). */
  readonly providerPaymentId: string | null;
  readonly method: Method;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
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
  /** Where the shop wants its payer back; `null` when it has not said. */
  readonly returnUrl: string | null;
  /** The hosted page of this payment, for providers that insist on somewhere to return to. Its fragment is the payer's token. */
  readonly hostedPage: string;
  readonly customer: Customer;
}

export interface ProviderPayment {
  readonly providerPaymentId: string;
  /** The provider's id of the QR, where it has one. */
  readonly qrId: string | null;
  /** `pending` when the link comes later, by webhook or by a status query. */
  readonly presentation: Presentation;
  /** Unix time in ms when the provider's offer ends, where that may be sooner than ours; `null` when it follows ours. */
  readonly expiresAt: number | null;
  /** Unix time in ms until which money may come, where the provider says so and it may be later than `expiresAt`. */
  readonly payableUntil?: number | null;
  /** Whether it is a test there; `null` or left out where the answer does not say. One that contradicts ours is refused. */
  readonly test?: boolean | null;
  /** Where the provider shows the payer's receipt. */
  readonly receiptUrl?: string | null;
}

/** What a provider says of a payment, by webhook or when asked. */
export interface ProviderReport {
  readonly reference: string;
  /** `null` for a status we do not know: it is logged and changes nothing. */
  readonly status: PaymentStatus | null;
  /** Kopecks; `null` when the message carries none: `paid` is believed by its sum only, which is checked against ours. */
  readonly amount: number | null;
  readonly currency: string | null;
  /** Whether it is a test there; `null` or left out where the message does not say. No money is believed that contradicts ours. */
  readonly test?: boolean | null;
  /** The provider's own id, where the message tells it: an answer that was lost is made up for by this. */
  readonly providerPaymentId?: string | null;
  /** Where the provider shows the payer's receipt. */
  readonly receiptUrl?: string | null;
  /** The link that has come since the create. */
  readonly presentation?: Presentation | null;
  /** Unix time in ms when the provider's offer ends, where its answer to the create may not have told: the earliest counts. */
  readonly expiresAt?: number | null;
  /** Unix time in ms until which money may still come, where the provider says so: also of what it calls over. */
  readonly payableUntil?: number | null;
  /** The provider waits for our word before it takes the money: see {@link Provider.confirm}. */
  readonly wantsConfirmation?: boolean;
  /** A result in the provider's words, for the operator's log; never shown to a payer. */
  readonly detail?: string | null;
}

/** What a webhook says of a refund. Without either id it is one of the attempt's, and which one is not told. */
export interface RefundReport {
  /** Ours, where the message carries it. */
  readonly refundId: string | null;
  readonly providerRefundId: string | null;
  /** Kopecks: finds a refund of ours whose answer, with the provider's id in it, was lost. */
  readonly amount?: number | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Why it failed, in the provider's own words; told to the merchant once sanitised. */
  readonly failureReason?: string | null;
}

/** A provider's answer about a refund. */
export interface FoundRefund extends RefundReport {
  /** Whether it is of test mode; `null` or left out when that is not told. */
  readonly test?: boolean | null;
}

/** A verified webhook. `deliveryId` is what repeats of the same message share. */
export interface ProviderDelivery extends ProviderReport {
  readonly deliveryId: string;
  /** The provider's own name of the event, for the log. */
  readonly event: string;
  /** Set when the message is about a refund of the payment; its `status` is `null` then. */
  readonly refund?: RefundReport | null;
}

export interface RefundRequest {
  /** The attempt whose money is given back. */
  readonly payment: PaymentRef;
  /** Our id of the refund and its idempotency key. */
  readonly refundId: string;
  /** The provider's, from an earlier answer; then this call asks how it stands. */
  readonly providerRefundId: string | null;
  /** It may have been asked for before, its answer lost: a provider without idempotent refunds must not be asked twice. */
  readonly repeated: boolean;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string | null;
}

export interface ProviderRefund {
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Whether it is a test there; `null` or left out where the answer does not say. */
  readonly test?: boolean | null;
  readonly providerRefundId?: string | null;
  /** Why it failed, in the provider's own words; told to the merchant once sanitised. */
  readonly failureReason?: string | null;
}

export interface ChargeRequest extends PaymentRef {
  /** What the payer's code says, as scanned. */
  readonly payload: string;
  readonly description: string | null;
}

export interface RawWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came: signatures are over them. */
  readonly body: Buffer;
}

/**
 * A payment system. Every call may be repeated with the same reference and must then mean the same. Calls reject with
 * a {@link ProviderError} and nothing else; they are bounded, counted and cut off during an outage from outside
 * (see supervised.ts).
 */
export interface Provider {
  readonly capabilities: Capabilities;
  /** What this provider needs of a payment and the request lacks, by the names of our own API. */
  objections?(request: { readonly customer: Customer; readonly method: Method }): readonly FieldError[];
  create(request: CreateRequest): Promise<ProviderPayment>;
  status(payment: PaymentRef): Promise<ProviderReport>;
  /** Closes the QR; the answer tells what the payment came to (it may have been paid a moment before). */
  cancel(payment: PaymentRef): Promise<ProviderReport>;
  refund(request: RefundRequest): Promise<ProviderRefund>;
  /**
   * Asks about a refund that a webhook names, made here or in the provider's cabinet. Needed with
   * `webhookTrust: 'confirm-by-status'`, where nothing else tells of a refund that is none of ours.
   */
  findRefund?(payment: PaymentRef, providerRefundId: string): Promise<FoundRefund>;
  /** With `capabilities.push`. `phone`: `7XXXXXXXXXX`. */
  push?(payment: PaymentRef, phone: string): Promise<void>;
  /**
   * With `capabilities.charge`. `refused`: this call has moved no money, and every try of it was answered; another code
   * may be tried, unless an earlier call was not answered. Whatever is reported instead: the code is in hand there.
   */
  charge?(request: ChargeRequest): Promise<ProviderReport>;
  /** Says yes to a payment whose report had `wantsConfirmation`. A repeat changes nothing. */
  confirm?(payment: PaymentRef): Promise<void>;
  /** Throws a {@link WebhookVerificationError} (see webhooks/webhooks.ts) when the message is not authentic. */
  parseWebhook(webhook: RawWebhook): ProviderDelivery;
  /** Banks that only this provider's payments can be paid in. */
  ownBanks?(qrId: string): readonly OwnBank[];
}

export interface ProviderErrorOptions extends ErrorOptions {
  /** `false`: surely nothing was done there, since the call never left or was turned away at the door. */
  readonly asked?: boolean;
  /** Of a refusal: the provider's own words alone, which a merchant is told of a refund. */
  readonly reason?: string | null;
}

/**
 * `refused`: the provider understood and said no; the payment will not come to be.
 * `unavailable`: nobody knows whether it arrived (unless it is known not to have, see `asked`); the same call is to be
 * repeated. The message is for the operator: it is logged, and never shown to a payer.
 */
export class ProviderError extends Error {
  readonly kind: 'refused' | 'unavailable';
  readonly asked: boolean;
  readonly reason: string | null;
  constructor(
    kind: 'refused' | 'unavailable',
    message: string,
    { asked = true, reason = null, ...options }: ProviderErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
    this.asked = asked;
    this.reason = reason;
  }
}

/** Every provider that can be asked, by its name. */
export type Providers = Readonly<Record<ProviderName, Provider>>;
