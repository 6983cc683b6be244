import type { ColumnType, Generated, Selectable } from 'kysely';
import type { Method } from '../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../protocol/status.ts';
import type { AttentionOutcome, AttentionReason } from './attention-reasons.ts';
import type { ProviderName } from '../env/provider-names.ts';

/** The tables. Times are unix ms, money is kopecks, `…_json` columns hold JSON text. */
export interface Schema {
  payments: PaymentsTable;
  paymentEvents: PaymentEventsTable;
  idempotencyKeys: IdempotencyKeysTable;
  clock: ClockTable;
  providerDeliveries: ProviderDeliveriesTable;
  deliveries: DeliveriesTable;
  attempts: AttemptsTable;
  refunds: RefundsTable;
  attention: AttentionTable;
  sandboxPayments: SandboxPaymentsTable;
}

interface PaymentsTable {
  /** Grows with each payment. Lists are paged by it. */
  seq: Generated<number>;
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  description: string | null;
  /** Only `payments/model/update.ts` updates it. */
  status: ColumnType<PaymentStatus, PaymentStatus, never>;
  /** 0 or 1. */
  late: number;
  /** 1 when the payment was created in test mode. Never changes. */
  test: Generated<number>;
  /** Grows by one with each change. The id of the stream's events. */
  version: number;
  /** `null`, like `provider` and `reference`, while the payer has not chosen one of several methods. */
  method: Method | null;
  methodsJson: string;
  provider: ProviderName | null;
  /** Our id of the offered attempt. Earlier attempts may still be paid. */
  reference: string | null;
  /** `null` until the provider has answered the create call. */
  providerPaymentId: string | null;
  qrId: string | null;
  presentationJson: string;
  returnUrl: string | null;
  callbackUrl: string | null;
  customerJson: string;
  metadataJson: string;
  /** The time to pay, ms. A renewal gives the same time again. */
  lifetime: number;
  /** The sum of the refunds that succeeded, kopecks. */
  refundedAmount: number;
  /** The end of the shop's time to pay. */
  deadline: number;
  /** The same as `deadline`, or earlier if the time of the attempt is shorter. */
  expiresAt: number;
  createdAt: number;
  updatedAt: number;
  paidAt: number | null;
  /** The time of the next poll; `null` when there is nothing left to poll. */
  nextCheckAt: number | null;
  /** Polls since the last change, answered or not; after the end: since the last answer. They set the delay. */
  checks: number;
  /** Polls since the last change that were answered and changed nothing. The number of the poll for late money. */
  answeredChecks: Generated<number>;
  /** The number of rows in `attempts` so far. */
  attempts: number;
  /** The address of the payer's receipt at the provider. */
  receiptUrl: string | null;
  /** The payer's scanned code, until the provider has answered its charge. */
  chargePayload: string | null;
  /** When the payment first expired; `null` if it never did. */
  firstExpiredAt: number | null;
  /** 0 when the merchant allows no renewals. */
  renewable: Generated<number>;
  /** The merchant's choice for money that arrives after a cancel. */
  onLate: Generated<OnLate>;
  /** When the personal data was erased. After that the token opens nothing. */
  erasedAt: number | null;
}

/** One row for each payment requested from a provider. A renewal or another method adds one. */
interface AttemptsTable {
  /** Our id of the attempt, and its idempotency key at the provider. */
  reference: string;
  paymentId: string;
  provider: ProviderName;
  method: Method;
  /** `null` until the provider has reported it. */
  providerPaymentId: string | null;
  qrId: string | null;
  state: Generated<AttemptState>;
  closeState: Generated<CloseState>;
  /** The end of the shop's time to pay, as sent to the provider. */
  deadline: number;
  /** When the provider's code ends; `null` while the provider has not said so. */
  endsAt: Generated<number | null>;
  /** `closing`: the tries to close the attempt. `watching`: the answered polls for late money. */
  closeTries: Generated<number>;
  /** When the provider last answered a call to close or poll the attempt, or got the first one. Silence counts from here. */
  silentSince: Generated<number | null>;
  /** `null`: at once. */
  nextCloseAt: Generated<number | null>;
  /** The number of reports about our refunds that named neither the refund nor an amount. */
  unidentifiedRefunds: Generated<number>;
  confirmState: Generated<ConfirmState>;
  confirmTries: Generated<number>;
  /** `null`: at once. */
  nextConfirmAt: Generated<number | null>;
  createdAt: number;
}

/**
 * `open`: may still be paid. `ended`: the provider said that it ended without money. `paid`: its money is the payment's.
 * `duplicate`: paid in addition to the payment's money.
 */
export type AttemptState = 'open' | 'ended' | 'paid' | 'duplicate';

/** `closing`: the provider must still close it. `watching`: it is closed, and polled for late money. */
export type CloseState = 'none' | 'closing' | 'watching';

/** `waiting`: the provider waits for our confirmation. `done`: it has been confirmed, or must not be any more. */
export type ConfirmState = 'none' | 'waiting' | 'done';

interface RefundsTable {
  seq: Generated<number>;
  id: string;
  paymentId: string;
  /** The attempt whose money is given back. */
  reference: string;
  amount: number;
  reason: string | null;
  status: RefundStatus;
  /** Why the refund failed, in the provider's words, sanitized; `null` when the provider gave no reason. */
  failureReason: Generated<string | null>;
  providerRefundId: Generated<string | null>;
  /** The number of requests to the provider, answered or not. */
  requests: Generated<number>;
  /** The time of the next request. */
  nextRequestAt: Generated<number>;
  /** 1 for the automatic refund of a second charge. It does not count towards the payment's refunded amount. */
  duplicate: Generated<number>;
  createdAt: number;
  updatedAt: number;
}

/** `tell`: the money counts, and the merchant is notified. `refund`: the money counts, and is refunded in full. */
export type OnLate = 'tell' | 'refund';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Matters that a person should look at: money that our records alone do not explain. */
interface AttentionTable {
  seq: Generated<number>;
  id: string;
  paymentId: string;
  reason: AttentionReason;
  /** The attempt that the attention is about. */
  reference: string;
  /** The id of its refund: ours or the provider's. The attention's own id if unknown; empty if it is about no refund. */
  subject: string;
  refundId: string | null;
  providerRefundId: string | null;
  /** The amount in the provider's report, kopecks; `null` when the report names none. */
  reportedAmount: number | null;
  reportedCurrency: string | null;
  /**
   * While the attention is open: kopecks that count against further refunds; `null` for all that is left. After a person has
   * resolved it: kopecks that have gone out for good, beside our own refunds.
   */
  reservedAmount: number | null;
  openedAt: number;
  resolvedAt: number | null;
  /** `null` while it is open. */
  outcome: AttentionOutcome | null;
  /** The note of the person who resolved it; erased with the personal data. */
  note: string | null;
}

interface PaymentEventsTable {
  id: Generated<number>;
  paymentId: string;
  /** The payment's version after the event; unchanged when the event did not apply. */
  version: number;
  /** The event, as its sender names it: `payment.paid`, `status query` … */
  event: string;
  statusBefore: PaymentStatus;
  statusAfter: PaymentStatus;
  /** `merchant`, `provider:sandbox`, `clock` … */
  source: string;
  /** Why the event changed nothing, or what is unusual about it. */
  note: string | null;
  /** The resolved attention, with the amounts before and after (see payments/lifecycle/resolve-attention.ts). */
  attentionJson: Generated<string | null>;
  createdAt: number;
}

interface IdempotencyKeysTable {
  key: string;
  bodyHash: string;
  /** The resource that the call makes, so that an interrupted call can be finished. */
  resourceId: string;
  /** The response to repeat, without the payment's token; `null` while the first call is still running. */
  responseJson: string | null;
  createdAt: number;
}

/** Has at most one row. */
interface ClockTable {
  /** Always 1. */
  id: number;
  /** The last reliable time: see lib/wall-clock.ts. */
  seenAt: number;
}

interface ProviderDeliveriesTable {
  provider: string;
  deliveryId: string;
  paymentId: string | null;
  /** An outcome of payments/reports/receive-webhook.ts. */
  outcome: string;
  /** The received bytes without payment tokens; empty after they were erased. */
  body: Uint8Array;
  receivedAt: number;
  /** The parsed report, while it cannot be applied. */
  reportJson: string | null;
  /** The number of retries. */
  tries: Generated<number>;
  /** The time of the next retry; `null` when there is none. */
  nextTryAt: number | null;
}

interface DeliveriesTable {
  seq: Generated<number>;
  deliveryId: string;
  /** `null` for a `test` event. */
  paymentId: string | null;
  event: string;
  url: string;
  /** The host of `url`. The slots for deliveries are shared by host. */
  host: string;
  /** The `url` without its query. The slots for deliveries are shared by endpoint too. */
  endpoint: string;
  /** Empty after it was erased. */
  body: string;
  attempts: number;
  /** `null` when the webhook was delivered or given up. */
  nextAttemptAt: number | null;
  /** Start of the 24 hours of retries. */
  retryFrom: number;
  deliveredAt: number | null;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: number;
}

/** The records of the sandbox bank: another party's data, stored here only because that party is simulated. */
interface SandboxPaymentsTable {
  reference: string;
  qrId: string;
  amount: number;
  currency: string;
  orderId: string;
  description: string | null;
  merchantName: string;
  status: PaymentStatus;
  /** The last status that the companion has acknowledged. */
  notifiedStatus: PaymentStatus;
  /** When a slow payment succeeds; `null` when none is under way. */
  paysAt: number | null;
  returnUrl: string | null;
  expiresAt: number;
}

export type PaymentRow = Selectable<PaymentsTable>;
export type PaymentEventRow = Selectable<PaymentEventsTable>;
export type AttemptRow = Selectable<AttemptsTable>;
export type RefundRow = Selectable<RefundsTable>;
export type AttentionRow = Selectable<AttentionTable>;
export type DeliveryRow = Selectable<DeliveriesTable>;
export type ProviderDeliveryRow = Selectable<ProviderDeliveriesTable>;
export type SandboxPaymentRow = Selectable<SandboxPaymentsTable>;
