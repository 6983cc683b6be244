import type { ColumnType, Generated, Selectable } from 'kysely';
import type { Method } from '../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../protocol/status.ts';
import type { AttentionOutcome, AttentionReason } from './attention-reasons.ts';
import type { ProviderName } from '../env/provider-names.ts';

/** The tables. Times are unix ms, money is kopecks, `…_json` columns hold JSON text. */
export interface Schema {
  payments: PaymentsTable;
  payment_events: PaymentEventsTable;
  idempotency_keys: IdempotencyKeysTable;
  clock: ClockTable;
  provider_deliveries: ProviderDeliveriesTable;
  deliveries: DeliveriesTable;
  attempts: AttemptsTable;
  refunds: RefundsTable;
  attention: AttentionTable;
  sandbox_payments: SandboxPaymentsTable;
}

interface PaymentsTable {
  /** Grows with each payment: pages are cut by it. */
  seq: Generated<number>;
  id: string;
  order_id: string;
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
  methods_json: string;
  provider: ProviderName | null;
  /** The attempt on offer: its id at the provider. Earlier ones may still be paid. */
  reference: string | null;
  /** `null` until the provider has answered the create. */
  provider_payment_id: string | null;
  qr_id: string | null;
  presentation_json: string;
  return_url: string | null;
  callback_url: string | null;
  customer_json: string;
  metadata_json: string;
  /** ms from an offer to its end; a renewal gives as much again. */
  lifetime: number;
  /** Kopecks given back so far: the refunds that succeeded. */
  refunded_amount: number;
  /** When the shop's time to pay is up. */
  deadline: number;
  /** The same or earlier: the attempt's own time may be shorter. */
  expires_at: number;
  created_at: number;
  updated_at: number;
  paid_at: number | null;
  /** When the provider is to be asked next; `null` when there is nothing left to ask. */
  next_check_at: number | null;
  /** Tries to ask since something last happened; after the end: since the last answer. They set the pace. */
  checks: number;
  /** Questions that were answered, in vain, since something last happened: late ones are numbered by it. */
  answered_checks: Generated<number>;
  /** How many it has had so far: see `attempts`. */
  attempts: number;
  /** Where the provider shows the payer's receipt. */
  receipt_url: string | null;
  /** The payer's code that was scanned and whose charge the provider has not answered yet. */
  charge_payload: string | null;
  /** When the time to pay was first up; `null` while it never was. */
  first_expired_at: number | null;
  /** 0 when the merchant wants no renewals. */
  renewable: Generated<number>;
  /** The merchant's wish for money that comes after a cancel. */
  on_late: Generated<OnLate>;
  /** When its personal data was erased; from then on its token opens nothing. */
  erased_at: number | null;
}

/** Every payment a provider was asked for; a renewal or another method adds one. */
interface AttemptsTable {
  /** Our id of it at the provider, and its idempotency key. */
  reference: string;
  payment_id: string;
  provider: ProviderName;
  method: Method;
  /** `null` until the provider has told it. */
  provider_payment_id: string | null;
  qr_id: string | null;
  state: Generated<AttemptState>;
  close_state: Generated<CloseState>;
  /** The shop's time to pay, as the provider was told it. */
  deadline: number;
  /** When the provider's own offer ends, as far as it says so; `null`: it has not said. */
  ends_at: Generated<number | null>;
  /** Tries to close it, or late looks that were answered. */
  close_tries: Generated<number>;
  /** When the provider last answered while it was to be closed, or was first asked: silence counts from here. */
  silent_since: Generated<number | null>;
  /** `null`: at once. */
  next_close_at: Generated<number | null>;
  /** How many reports of the refunds that we have asked for named neither which one nor how much. */
  unidentified_refunds: Generated<number>;
  confirm_state: Generated<ConfirmState>;
  confirm_tries: Generated<number>;
  /** `null`: at once. */
  next_confirm_at: Generated<number | null>;
  created_at: number;
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
  payment_id: string;
  /** The attempt whose money is given back. */
  reference: string;
  amount: number;
  reason: string | null;
  status: RefundStatus;
  /** Why it failed, in the provider's words, sanitised; `null` when nobody has said. */
  failure_reason: Generated<string | null>;
  provider_refund_id: Generated<string | null>;
  /** How often the provider was asked for it, whatever came of that. */
  requests: Generated<number>;
  /** When it is to be asked (again). */
  next_request_at: Generated<number>;
  /** 1 for a second charge that we give back ourselves: it does not count against the payment. */
  duplicate: Generated<number>;
  created_at: number;
  updated_at: number;
}

/** `tell`: it counts, and the merchant is told. `refund`: it counts, and is given back whole. */
export type OnLate = 'tell' | 'refund';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Matters that a person should look at: money that the books cannot explain by themselves. */
interface AttentionTable {
  seq: Generated<number>;
  id: string;
  payment_id: string;
  reason: AttentionReason;
  /** The attempt it is about. */
  reference: string;
  /** Which refund it is about: ours, the provider's, or its own id when that is not known; empty when it is about none. */
  subject: string;
  refund_id: string | null;
  provider_refund_id: string | null;
  /** Kopecks, as the provider says; `null` when the provider names no sum. */
  reported_amount: number | null;
  reported_currency: string | null;
  /**
   * Kopecks that count against further refunds while it is open; `null`: all that is left. Once a person has resolved it:
   * what has gone out for good beside our own refunds.
   */
  reserved_amount: number | null;
  opened_at: number;
  resolved_at: number | null;
  /** `null` while it is open. */
  outcome: AttentionOutcome | null;
  /** The note of the person who resolved it; erased with the personal data. */
  note: string | null;
}

interface PaymentEventsTable {
  id: Generated<number>;
  payment_id: string;
  /** The payment's version after the event; unchanged when the event did not apply. */
  version: number;
  /** What was reported, in the sender's words: `payment.paid`, `status query` … */
  event: string;
  status_before: PaymentStatus;
  status_after: PaymentStatus;
  /** `merchant`, `provider:sandbox`, `clock` … */
  source: string;
  /** Why an event changed nothing, or what is odd about it. */
  note: string | null;
  /** Of a resolved attention: which one, and the sums before and after (see payments/resolve-attention.ts). */
  attention_json: Generated<string | null>;
  created_at: number;
}

interface IdempotencyKeysTable {
  key: string;
  body_hash: string;
  /** What the call makes, so that a cut-off one can be carried to its end. */
  resource_id: string;
  /** The answer to repeat, without the payment's token; `null` while the first call is still at work. */
  response_json: string | null;
  created_at: number;
}

/** One row at most. */
interface ClockTable {
  /** 1. */
  id: number;
  /** The last time that could be relied upon: see wall-clock.ts. */
  seen_at: number;
}

interface ProviderDeliveriesTable {
  provider: string;
  delivery_id: string;
  payment_id: string | null;
  /** An outcome of payments/reports/receive-webhook.ts. */
  outcome: string;
  /** The bytes as they came, but for payment tokens; empty once erased. */
  body: Uint8Array;
  received_at: number;
  /** What it said, while it cannot be followed yet. */
  report_json: string | null;
  /** How often it was tried again. */
  tries: Generated<number>;
  /** `null` when there is nothing left to try. */
  next_try_at: number | null;
}

interface DeliveriesTable {
  seq: Generated<number>;
  delivery_id: string;
  /** `null` for a test. */
  payment_id: string | null;
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
  next_attempt_at: number | null;
  /** The retries' 24 hours run from here. */
  retry_from: number;
  delivered_at: number | null;
  last_status: number | null;
  last_error: string | null;
  created_at: number;
}

/** The sandbox bank's own books: another party's data, kept here only because that party is simulated. */
interface SandboxPaymentsTable {
  reference: string;
  qr_id: string;
  amount: number;
  currency: string;
  order_id: string;
  description: string | null;
  merchant_name: string;
  status: PaymentStatus;
  /** The status the companion has last confirmed to know. */
  notified_status: PaymentStatus;
  /** When a slow payment goes through; `null` when none is under way. */
  pays_at: number | null;
  return_url: string | null;
  expires_at: number;
}

export type PaymentRow = Selectable<PaymentsTable>;
export type PaymentEventRow = Selectable<PaymentEventsTable>;
export type AttemptRow = Selectable<AttemptsTable>;
export type RefundRow = Selectable<RefundsTable>;
export type AttentionRow = Selectable<AttentionTable>;
export type DeliveryRow = Selectable<DeliveriesTable>;
export type ProviderDeliveryRow = Selectable<ProviderDeliveriesTable>;
export type SandboxPaymentRow = Selectable<SandboxPaymentsTable>;
