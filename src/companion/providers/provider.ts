import type { ProviderName } from '../env/provider-names.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { FieldError } from '../../protocol/problem.ts';
import type { Method, Presentation } from '../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../protocol/status.ts';
import type { OwnBank } from '../banks/links.ts';

/** The payer's details, as far as the shop sent them. Some providers require some of them: see {@link Provider.objections}. */
export interface Customer {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly ip?: string | undefined;
  readonly country?: string | undefined;
}

/** The abilities of a provider. The merchant API and the snapshot's `actions[]` offer nothing else. */
export interface Capabilities {
  /** The payment methods it serves. Empty only for a provider without settings. */
  readonly methods: readonly Method[];
  /** True if {@link Provider.cancel} closes an unpaid payment. Otherwise an abandoned payment is polled until it expires. */
  readonly cancel: boolean;
  /**
   * The party that decides when a code ends:
   * - `ours`: no code can be paid after the `expiresAt` of {@link CreateRequest}.
   * - `own`: the provider does not receive that time, or does not keep to it. Its responses say when a code ends
   *   (`expiresAt`), or its status says that the code has ended.
   */
  readonly lifetime: 'ours' | 'own';
  /** `once`: one refund a payment, full or partial. `partial`: several refunds a payment. */
  readonly refund: 'none' | 'once' | 'partial';
  /** True if {@link Provider.push} can send a message with the payment to the payer's phone. */
  readonly push: boolean;
  /** True if {@link Provider.charge} can charge the payer's own code, which the seller has scanned. */
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

/** One attempt to pay, as the provider knows it. A renewed payment has several attempts. */
export interface PaymentRef {
  /** Our id of the attempt: at most 32 characters of `[A-Za-z0-9_-]`. */
  readonly reference: string;
  /** The provider's id of the payment; `null` while the response to {@link Provider.create} is missing or lost. */
  readonly providerPaymentId: string | null;
  readonly method: Method;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
}

export interface CreateRequest {
  /** Our id of the attempt and the idempotency key: a repeat with the same reference must not make a second payment. */
  readonly reference: string;
  readonly method: Method;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly orderId: string;
  readonly description: string | null;
  readonly merchantName: string;
  /** When the payment expires. Unix time, ms. */
  readonly expiresAt: number;
  /** The shop's page to which the payer returns; `null` when the shop sent none. */
  readonly returnUrl: string | null;
  /** The hosted page of this payment, for providers that require a return address. Its fragment holds the payer's token. */
  readonly hostedPage: string;
  readonly customer: Customer;
}

/** A payment that the provider has made. */
export interface ProviderPayment {
  readonly providerPaymentId: string;
  /** The provider's id of the QR code; `null` when there is none. */
  readonly qrId: string | null;
  /** The presentation for the payer. `pending` when the link comes later, by webhook or by {@link Provider.status}. */
  readonly presentation: Presentation;
  /** When the code ends at the provider, if that may be earlier than the request's `expiresAt`. Unix time, ms. `null` when it follows ours. */
  readonly expiresAt: number | null;
  /** The last moment at which money may arrive, if that may be later than `expiresAt`. Unix time, ms. `null` or missing when the response does not say. */
  readonly payableUntil?: number | null;
  /** True if the payment is in test mode. `null` or missing when the response does not say. A payment in another mode than ours is rejected. */
  readonly test?: boolean | null;
  /** The payer's receipt at the provider. `null` or missing when there is none. */
  readonly receiptUrl?: string | null;
}

/** A provider's report about a payment: in a webhook, or as the result of a call. */
export interface ProviderReport {
  /** Our id of the attempt; `''` when the message does not contain it. */
  readonly reference: string;
  /** `null` when the message says nothing about the status, or has one that is not known here: it changes nothing. */
  readonly status: PaymentStatus | null;
  /** Kopecks; `null` when the message contains no amount. `paid` counts only with an amount that equals the payment's. */
  readonly amount: number | null;
  /** ISO 4217 letters; `null` when the message contains no currency. */
  readonly currency: string | null;
  /** True if the payment is in test mode. `null` or missing when the message does not say. `paid` in another mode than ours does not count. */
  readonly test?: boolean | null;
  /** The provider's id of the payment. Replaces the one from a lost response to {@link Provider.create}. `null` or missing when the message does not contain it. */
  readonly providerPaymentId?: string | null;
  /** The payer's receipt at the provider. `null` or missing when there is none. */
  readonly receiptUrl?: string | null;
  /** The presentation for the payer, if it was `pending` until now. `null` or missing when nothing has changed. */
  readonly presentation?: Presentation | null;
  /** When the code ends at the provider. Unix time, ms. The earliest reported time counts. `null` or missing when the message does not say. */
  readonly expiresAt?: number | null;
  /** The last moment at which money may still arrive, also for a payment that has ended. Unix time, ms. `null` or missing when the message does not say. */
  readonly payableUntil?: number | null;
  /** True if the provider takes the money only after {@link Provider.confirm}. Defaults to false. */
  readonly wantsConfirmation?: boolean;
  /** The result in the provider's words, for the operator's log. Never shown to a payer. */
  readonly detail?: string | null;
}

/** A webhook's report about a refund. Without any id it is about an unidentified refund of the attempt. */
export interface RefundReport {
  /** Our id of the refund; `null` when the message does not contain it. */
  readonly refundId: string | null;
  /** The provider's id of the refund; `null` when the message does not contain it. */
  readonly providerRefundId: string | null;
  /** Kopecks. Matches a refund of ours whose response, with the provider's id, was lost. `null` or missing when the message contains no amount. */
  readonly amount?: number | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Why the refund failed, in the provider's words. The merchant receives it sanitised. `null` or missing when there is no reason. */
  readonly failureReason?: string | null;
}

/** The result of {@link Provider.findRefund}. */
export interface FoundRefund extends RefundReport {
  /** True if the refund is in test mode. `null` or missing when the response does not say. */
  readonly test?: boolean | null;
}

/** A webhook whose sender is verified. */
export interface ProviderDelivery extends ProviderReport {
  /** The same for every repeat of one message. Must be covered by the signature: see delivery-id.ts. */
  readonly deliveryId: string;
  /** The provider's name of the event, for the log. */
  readonly event: string;
  /** Set when the message is about a refund of the payment. The report's `status` is `null` then. */
  readonly refund?: RefundReport | null;
}

export interface RefundRequest {
  /** The attempt whose money is refunded. */
  readonly payment: PaymentRef;
  /** Our id of the refund and the idempotency key. */
  readonly refundId: string;
  /** The provider's id from an earlier response: the call then reads the refund's status instead of making it. `null` for a new refund. */
  readonly providerRefundId: string | null;
  /** True if an earlier call may have made this refund and its response was lost. Without idempotent refunds, do not make it again: throw `unavailable`. */
  readonly repeated: boolean;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string | null;
}

/** The result of {@link Provider.refund}. */
export interface ProviderRefund {
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** True if the refund is in test mode. `null` or missing when the response does not say. */
  readonly test?: boolean | null;
  /** The provider's id of the refund. `null` or missing when the response does not contain it. */
  readonly providerRefundId?: string | null;
  /** Why the refund failed, in the provider's words. The merchant receives it sanitised. `null` or missing when there is no reason. */
  readonly failureReason?: string | null;
}

export interface ChargeRequest extends PaymentRef {
  /** The content of the payer's code, as scanned. */
  readonly payload: string;
  /** `null` when the shop sent none. */
  readonly description: string | null;
}

export interface RawWebhook {
  readonly headers: IncomingHttpHeaders;
  /** The received bytes: signatures cover them. */
  readonly body: Buffer;
}

/**
 * A payment system. Rules for every implementation:
 * - Calls are idempotent: a repeat with the same reference, or the same refund id, has no second effect.
 * - Calls reject with a {@link ProviderError} and with nothing else. `refused` is final; `unavailable` is repeated later.
 * - Amounts are kopecks, times are Unix time in ms.
 *
 * The companion adds a timeout, metrics and a circuit breaker to every call (see instrumented.ts).
 */
export interface Provider {
  readonly capabilities: Capabilities;
  /**
   * Returns the fields that the provider requires and the request lacks, under the names of the merchant API. An empty
   * array when the request is complete. The merchant receives them as a 422 before anything is created.
   */
  objections?(request: { readonly customer: Customer; readonly method: Method }): readonly FieldError[];
  /**
   * Makes the payment. Throws `refused` when the provider will never make it: the attempt has failed. Throws `unavailable`
   * when that is unknown: the companion repeats the call with the same reference.
   */
  create(request: CreateRequest): Promise<ProviderPayment>;
  /** Returns what the provider knows about the payment now. Throws `unavailable` when it cannot be read. */
  status(payment: PaymentRef): Promise<ProviderReport>;
  /**
   * Closes the code, so that it cannot be paid any more, and returns the payment's state afterwards: it may have been paid
   * a moment before. Without `capabilities.cancel` it only returns the state.
   */
  cancel(payment: PaymentRef): Promise<ProviderReport>;
  /**
   * Makes a refund, or reads its status when `providerRefundId` is set. Throws `refused` when the provider has refunded
   * nothing and will not. Throws `unavailable` when that is unknown.
   */
  refund(request: RefundRequest): Promise<ProviderRefund>;
  /**
   * Returns a refund that a webhook names, whether made by us or in the provider's cabinet. Required with
   * `webhookTrust: 'confirm-by-status'`: nothing else confirms a refund that was not made by us.
   */
  findRefund?(payment: PaymentRef, providerRefundId: string): Promise<FoundRefund>;
  /** Sends the payment to a phone, `7XXXXXXXXXX`. Required with `capabilities.push`. Throws `refused` for a phone that the provider rejects. */
  push?(payment: PaymentRef, phone: string): Promise<void>;
  /**
   * Charges the payer's code. Required with `capabilities.charge`. Throws `refused` only if this call moved no money and
   * every try of it got a response: another code may then be charged, unless an earlier call got no response. With any
   * other result the provider is processing the code.
   */
  charge?(request: ChargeRequest): Promise<ProviderReport>;
  /** Confirms a payment whose report had `wantsConfirmation`. A repeat has no effect. */
  confirm?(payment: PaymentRef): Promise<void>;
  /**
   * Verifies and reads a webhook. Throws a {@link WebhookVerificationError} (see webhooks/webhooks.ts) when the message is
   * not authentic. An authentic message that cannot be read has the reference `''` and the status `null`.
   */
  parseWebhook(webhook: RawWebhook): ProviderDelivery;
  /** Returns banks in which only this provider's payments can be paid. Defaults to none. */
  ownBanks?(qrId: string): readonly OwnBank[];
}

export interface ProviderErrorOptions extends ErrorOptions {
  /** False if the call certainly had no effect: it was never sent, or it was rejected before it was processed. Defaults to true. */
  readonly mayHaveTakenEffect?: boolean;
  /** The provider's own words without our context. The merchant receives them for a refused refund. Defaults to `null`. */
  readonly reason?: string | null;
}

/**
 * The only error that a provider's calls throw.
 * - `refused`: the provider understood the call and declined it. Final: the call is not repeated.
 * - `unavailable`: the result is unknown, and the same call is repeated later. With `mayHaveTakenEffect: false` it
 *   certainly had no effect.
 *
 * The message is for the operator's log and is never shown to a payer.
 */
export class ProviderError extends Error {
  readonly kind: 'refused' | 'unavailable';
  readonly mayHaveTakenEffect: boolean;
  readonly reason: string | null;
  constructor(
    kind: 'refused' | 'unavailable',
    message: string,
    { mayHaveTakenEffect = true, reason = null, ...options }: ProviderErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
    this.mayHaveTakenEffect = mayHaveTakenEffect;
    this.reason = reason;
  }
}

/** All providers by name, including those without settings: see unconfigured-provider.ts. */
export type Providers = Readonly<Record<ProviderName, Provider>>;
