import { isOpen, PAYMENT_STATUSES } from '../../../protocol/status.ts';
import type { Writer } from '../../store/store.ts';
import { isUnscanned, type Payment } from './payment.ts';
import { backoffMs, delayByAgeMs, type Backoff } from '../../lib/backoff.ts';

/** The reconciler leaves a create call that may still be running alone for this long, ms. */
export const ORPHANED_AFTER_MS = 2_000;
const ORPHAN_CHECKS: Backoff = { firstMs: ORPHANED_AFTER_MS, longestMs: 64_000 };
/** Polls of an open payment. Each one without news doubles the delay: a lost webhook costs seconds, not a sale. */
const OPEN_CHECKS: Backoff = { firstMs: 5_000, longestMs: 5 * 60_000 };
/**
 * Polls of a scanned code, which is decided within seconds, at the till, and whose provider sends no webhooks. The delay
 * grows more slowly than by doubling: a decision in the first eight seconds is seen within four, mostly within two.
 */
const SCAN_CHECKS: Backoff = { firstMs: 1_000, longestMs: 15_000, growth: 1.5 };
/** The merchant is notified when the end of a payment is this late, ms. */
export const OVERDUE_AFTER_MS = 3 * 3_600_000;
/** The longest delay between polls after the deadline, ms. The delay is a tenth of the time since the deadline. */
export const LONGEST_SILENT_PAUSE_MS = 6 * 3_600_000;
const SILENCE = { share: 0.1, firstMs: 0, longestMs: LONGEST_SILENT_PAUSE_MS };
/**
 * How long after its deadline a payment or an attempt is polled while its provider does not say how it ended, ms. Later, a
 * webhook or the merchant may still end it.
 */
export const WATCHED_MS = 30 * 24 * 3_600_000;
/** Delays of the polls for late money after a payment or an attempt was given up, ms. Each is repeated until answered. */
export const LATE_CHECKS_MS = [30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000];
/**
 * A provider counts as silent only after this many unanswered polls in a row. Time without an answer is no proof: the
 * companion itself may have been down.
 */
const SILENT_TRIES = 5;
/** The shortest delay before an unanswered poll for late money is repeated, ms. */
const FIRST_SILENT_PAUSE_MS = 30_000;

/** True if the payment was given up, and late money may come. */
function isGivenUp({ status, reference }: Payment): boolean {
  return reference !== null && (status === 'expired' || status === 'canceled');
}

/** True if a poll for late money is still to be answered. */
export function isWatched(payment: Payment): boolean {
  return isGivenUp(payment) && payment.answers < LATE_CHECKS_MS.length;
}

/**
 * True if a person has to ask the provider. An open payment: it is still under way, or the provider is silent, hours after
 * the deadline. A payment that was given up: the provider is silent hours after the end.
 */
export function isOverdue(payment: Payment, now: number): boolean {
  const { status, reference, deadline, providerPaymentId, updatedAt, checks } = payment;
  if (isOpen(status)) return reference !== null && now >= deadline + OVERDUE_AFTER_MS;
  // A payer has not seen a code whose create was never answered.
  const silent = isWatched(payment) && checks >= SILENT_TRIES && now >= updatedAt + OVERDUE_AFTER_MS;
  return silent && providerPaymentId !== null;
}

/** True if the payment is no longer polled: its end should have come long ago. */
export function isPastWatching(payment: Payment, now: number): boolean {
  const { status, providerPaymentId, deadline } = payment;
  const asked = isOpen(status) ? providerPaymentId !== null && !isUnscanned(payment) : isWatched(payment);
  return asked && now > deadline + WATCHED_MS;
}

/** Returns when to poll this payment next, unix ms; `null` for never. Does not apply the limit of {@link WATCHED_MS}. */
export function nextCheckAt(payment: Payment, now: number): number | null {
  const scan = payment.presentation.kind === 'scan';
  if (payment.status === 'created' && (payment.reference === null || isUnscanned(payment))) {
    // There is nothing to poll yet. Only the time to pay runs out.
    return Math.max(payment.expiresAt, now + ORPHANED_AFTER_MS * payment.checks);
  }
  if (payment.status === 'created' && payment.providerPaymentId === null) {
    return now + backoffMs(payment.checks, ORPHAN_CHECKS);
  }
  if (isOpen(payment.status)) {
    const pause = Math.round(backoffMs(payment.checks, scan ? SCAN_CHECKS : OPEN_CHECKS));
    const past = now - payment.deadline;
    const regular = now + Math.max(pause, delayByAgeMs(past, SILENCE));
    return payment.status === 'created' && payment.expiresAt > now
      ? Math.min(regular, payment.expiresAt)
      : regular;
  }
  return isWatched(payment) ? nextLateCheckAt(payment, now) : null;
}

function nextLateCheckAt({ checks, answers, updatedAt }: Payment, now: number): number {
  return now + (checks === 0 ? LATE_CHECKS_MS[answers]! : silentPause(now - updatedAt));
}

/** Returns the delay after an unanswered poll for late money, ms. `age` is the time since the end, ms. */
export function silentPause(age: number): number {
  return delayByAgeMs(age, { ...SILENCE, firstMs: FIRST_SILENT_PAUSE_MS });
}

/**
 * Makes payments due that were planned further ahead than their longest delay, after the clock was set back. A horizon in
 * the due query cannot find these rows. A polled payment is planned at most five minutes ahead. A payment without an attempt
 * is planned for its expiry, which may be days away: the query would read all of those in every round.
 */
export async function planChecksNow(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('payments')
    .set({ nextCheckAt: now })
    .where('nextCheckAt', '>', now + OPEN_CHECKS.longestMs)
    .where((eb) =>
      eb.or([
        eb('status', 'in', PAYMENT_STATUSES.filter(isOpen)),
        eb('nextCheckAt', '>', now + LONGEST_SILENT_PAUSE_MS),
      ]),
    )
    .execute();
}
