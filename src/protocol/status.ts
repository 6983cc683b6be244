/** The statuses of a payment. They describe the money; the widget decides which screen shows which status. */
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

type Steps = Readonly<Partial<Record<PaymentStatus, readonly PaymentStatus[]>>>;

/*
 * The table of status changes, by what causes them. The companion's state machine, the widget and the trigger of the
 * database (store/status-trigger.ts) all read it.
 */

/**
 * Changes by an event: a provider's report, a deadline, or a request of the merchant or the payer. `paid` may follow
 * `expired` and `canceled`: the companion decides those two while the bank may still move the money, and late money
 * must be counted. `canceled` may follow `expired`: the merchant's cancel ends the payer's right to renew.
 */
export const EVENT_STEPS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  created: ['processing', 'paid', 'failed', 'expired', 'canceled'],
  processing: ['paid', 'failed', 'expired', 'canceled'],
  paid: ['partial_refunded', 'refunded'],
  failed: [],
  expired: ['paid', 'canceled'],
  canceled: ['paid'],
  partial_refunded: ['refunded'],
  refunded: [],
};

/** Changes by the payer's renewal of the payment. No provider's report causes them. */
export const RENEWAL_STEPS: Steps = { expired: ['created'] };

/** Changes by a person who found that a refund did not happen. The refunded amount falls with them. */
export const CORRECTION_STEPS: Steps = {
  partial_refunded: ['paid'],
  refunded: ['paid', 'partial_refunded'],
};

const OPEN: readonly PaymentStatus[] = ['created', 'processing'];

export interface Transition {
  /** The status after the event; the old status when the event does not apply. */
  readonly status: PaymentStatus;
  readonly changed: boolean;
  /** True if the money came after the payment had expired or been canceled. */
  readonly late: boolean;
}

/** Returns the status after an event. Pure and total: an event that does not apply leaves the status as it is. */
export function transition(from: PaymentStatus, to: PaymentStatus): Transition {
  if (!EVENT_STEPS[from].includes(to)) return { status: from, changed: false, late: false };
  return { status: to, changed: true, late: to === 'paid' && !OPEN.includes(from) };
}

/** Returns true if one event or one renewal changes `from` to `to`. */
export function mayFollow(from: PaymentStatus, to: PaymentStatus): boolean {
  return EVENT_STEPS[from].includes(to) || (RENEWAL_STEPS[from] ?? []).includes(to);
}

/**
 * Returns true if `to` is `from`, or follows it in any number of changes: an observer may miss those in between. The
 * first change is never a renewal: the observer of an expired payment knows whether that payment is renewable.
 */
export function mayEndUpAs(from: PaymentStatus, to: PaymentStatus): boolean {
  const reached = new Set([from]);
  // The set grows while it is iterated.
  for (const status of reached) {
    const renewed = status === from ? undefined : RENEWAL_STEPS[status];
    for (const next of [...EVENT_STEPS[status], ...(renewed ?? [])]) reached.add(next);
  }
  return reached.has(to);
}

/** Returns true while money may still be expected: the payment has no result and is not given up. */
export function isOpen(status: PaymentStatus): boolean {
  return OPEN.includes(status);
}

export function isPaymentStatus(value: unknown): value is PaymentStatus {
  return PAYMENT_STATUSES.includes(value as PaymentStatus);
}
