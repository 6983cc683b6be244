/** Where a payment stands. Money words only: how a screen shows it is the widget's business. */
export const PAYMENT_STATUSES = [
  'created',
  'processing',
  'paid',
  'failed',
  'expired',
  'canceled',
  'partial_refunded',
  'refunded',
] as const;

export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/**
 * What may follow what. `paid` is reachable from `expired` and `canceled` because those are decided on
 * our side while the money moves on the bank's: late money is real and must be counted. `canceled` is reachable from
 * `expired` because an expired payment may be renewed, until its merchant (and nobody else) calls it off.
 */
const NEXT: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  created: ['processing', 'paid', 'failed', 'expired', 'canceled'],
  processing: ['paid', 'failed', 'expired', 'canceled'],
  paid: ['partial_refunded', 'refunded'],
  partial_refunded: ['refunded'],
  expired: ['canceled', 'paid'],
  canceled: ['paid'],
  failed: [],
  refunded: [],
};

/** The step of a renewal. No provider's report leads to it. */
const RENEWED: Readonly<Partial<Record<PaymentStatus, PaymentStatus>>> = { expired: 'created' };

const OPEN: readonly PaymentStatus[] = ['created', 'processing'];

export interface Transition {
  /** The status after the event; the old one when the event does not apply. */
  readonly status: PaymentStatus;
  readonly changed: boolean;
  /** The money came after we had given the payment up. */
  readonly late: boolean;
}

/** The payment state machine: pure and total. An event that does not apply leaves the state as it is. */
export function transition(from: PaymentStatus, to: PaymentStatus): Transition {
  if (!NEXT[from].includes(to)) return { status: from, changed: false, late: false };
  return { status: to, changed: true, late: to === 'paid' && !OPEN.includes(from) };
}

/** Whether a payment may ever go from one status to the other in one step: by an event, or by a renewal. */
export function mayFollow(from: PaymentStatus, to: PaymentStatus): boolean {
  return NEXT[from].includes(to) || RENEWED[from] === to;
}

/** `true` while money may still be expected: neither a result nor given up. */
export function isOpen(status: PaymentStatus): boolean {
  return OPEN.includes(status);
}

export function isPaymentStatus(value: unknown): value is PaymentStatus {
  return PAYMENT_STATUSES.includes(value as PaymentStatus);
}
