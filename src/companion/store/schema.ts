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
  /** Grows with each payment: pages are cut by it. */
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
  /** 1 when it was created in test mode; never changes. */
  test: Generated<number>;
  /** Grows by one at each change; the stream's event id. */
  version: number;
  /** `null`, like `provider` and `reference`, while the payer has several on offer and has not chosen. */
  method: Method | null;
  methodsJson: string;
  provider: ProviderName | null;
  /** The attempt on offer: its id at the provider. Earlier ones may still be paid. */
  reference: string | null;
  /** `null` until the provider has answered the create. */
  providerPaymentId: string | null;
  qrId: string | null;
  presentationJson: string;
  returnUrl: string | null;
  callbackUrl: string | null;
  customerJson: string;
  metadataJson: string;
  /** ms from an offer to its end; a renewal gives as much again. */
  lifetime: number;
  /** Kopecks given back so far: the refunds that succeeded. */
  refundedAmount: number;
  /** When the shop's time to pay is up. */
  deadline: number;
  /** The same or earlier: the attempt's own time may be shorter. */
  expiresAt: number;
  createdAt: number;
  updatedAt: number;
  paidAt: number | null;
  /** When the provider is to be asked next; `null` when there is nothing left to ask. */
  nextCheckAt: number | null;
  /** Tries to ask since something last happened; after the end: since the last answer. They set the pace. */
  checks: number;
  /** Questions that were answered, in vain, since something last happened: late ones are numbered by it. */
  answeredChecks: Generated<number>;
  /** How many it has had so far: see `attempts`. */
  attempts: number;
  /** Where the provider shows the payer's receipt. */
  receiptUrl: string | null;
  /** The payer's code that was scanned and whose charge the provider has not answered yet. */
  chargePayload: string | null;
  /** When the time to pay was first up; `null` while it never was. */
  firstExpiredAt: number | null;
  /** 0 when the merchant wants no renewals. */
  renewable: Generated<number>;
  /** The merchant's wish for money that comes after a cancel. */
  onLate: Generated<OnLate>;
  /** When its personal data was erased; from then on its token opens nothing. */
  erasedAt: number | null;
}

/** Every payment a provider was asked for; a renewal or another method adds one. */
interface AttemptsTable {
  /** Our id of it at the provider, and its idempotency key. */
  reference: string;
  paymentId: string;
  provider: ProviderName;
  method: Method;
  /** `null` until the provider has told it. */
  providerPaymentId: string | null;
  qrId: string | null;
  state: Generated<AttemptState>;
  closeState: Generated<CloseState>;
  /** The shop's time to pay, as the provider was told it. */
  deadline: number;
  /** When the provider's own offer ends, as far as it says so; `null`: it has not said. */
  endsAt: Generated<number | null>;
  /** Tries to close it, or late looks that were answered. */
  closeTries: Generated<number>;
  /** When the provider last answered while it was to be closed, or was first asked: silence counts from here. */
  silentSince: Generated<number | null>;
  /** `null`: at once. */
  nextCloseAt: Generated<number | null>;
  /** How many reports of the refunds that we have asked for named neither which one nor how much. */
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
  /** Why it failed, in the provider's words, sanitised; `null` when nobody has said. */
  failureReason: Generated<string | null>;
  providerRefundId: Generated<string | null>;
  /** How often the provider was asked for it, whatever came of that. */
  requests: Generated<number>;
  /** When it is to be asked (again). */
  nextRequestAt: Generated<number>;
  /** 1 for a second charge that we give back ourselves: it does not count against the payment. */
  duplicate: Generated<number>;
  createdAt: number;
  updatedAt: number;
}

/** `tell`: it counts, and the merchant is told. `refund`: it counts, and is given back whole. */
export type OnLate = 'tell' | 'refund';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Matters that a person should look at: money that the books cannot explain by themselves. */
interface AttentionTable {
  seq: Generated<number>;
  id: string;
  paymentId: string;
  reason: AttentionReason;
  /** The attempt it is about. */
  reference: string;
  /** Which refund it is about: ours, the provider's, or its own id when that is not known; empty when it is about none. */
  subject: string;
  refundId: string | null;
  providerRefundId: string | null;
  /** Kopecks, as the provider says; `null` when the provider names no sum. */
  reportedAmount: number | null;
  reportedCurrency: string | null;
  /**
   * Kopecks that count against further refunds while it is open; `null`: all that is left. Once a person has resolved it:
   * what has gone out for good beside our own refunds.
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
  /** What was reported, in the sender's words: `payment.paid`, `status query` … */
  event: string;
  statusBefore: PaymentStatus;
  statusAfter: PaymentStatus;
  /** `merchant`, `provider:sandbox`, `clock` … */
  source: string;
  /** Why an event changed nothing, or what is odd about it. */
  note: string | null;
  /** Of a resolved attention: which one, and the sums before and after (see payments/resolve-attention.ts). */
  attentionJson: Generated<string | null>;
  createdAt: number;
}

interface IdempotencyKeysTable {
  key: string;
  bodyHash: string;
  /** What the call makes, so that a cut-off one can be carried to its end. */
  resourceId: string;
  /** The answer to repeat, without the payment's token; `null` while the first call is still at work. */
  responseJson: string | null;
  createdAt: number;
}

/** One row at most. */
interface ClockTable {
  /** 1. */
  id: number;
  /** The last time that could be relied upon: see wall-clock.ts. */
  seenAt: number;
}

interface ProviderDeliveriesTable {
  provider: string;
  deliveryId: string;
  paymentId: string | null;
  /** An outcome of payments/reports/receive-webhook.ts. */
  outcome: string;
  /** The bytes as they came, but for payment tokens; empty once erased. */
  body: Uint8Array;
  receivedAt: number;
  /** What it said, while it cannot be followed yet. */
  reportJson: string | null;
  /** How often it was tried again. */
  tries: Generated<number>;
  /** `null` when there is nothing left to try. */
  nextTryAt: number | null;
}

interface DeliveriesTable {
  seq: Generated<number>;
  deliveryId: string;
  /** `null` for a test. */
  paymentId: string | null;
  event: string;
  url: string;
  /** The url's, to share places among merchants. */
  host: string;
  /** The url without its query, for the same. */
  endpoint: string;
  /** Empty once erased. */
  body: string;
  attempts: number;
  /** `null` when there is nothing left to do: delivered, or given up. */
  nextAttemptAt: number | null;
  /** The retries' 24 hours run from here. */
  retryFrom: number;
  deliveredAt: number | null;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: number;
}

/** The sandbox bank's own books: another party's data, kept here only because that party is simulated. */
interface SandboxPaymentsTable {
  reference: string;
  qrId: string;
  amount: number;
  currency: string;
  orderId: string;
  description: string | null;
  merchantName: string;
  status: PaymentStatus;
  /** The status the companion has last confirmed to know. */
  notifiedStatus: PaymentStatus;
  /** When a slow payment goes through; `null` when none is under way. */
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
