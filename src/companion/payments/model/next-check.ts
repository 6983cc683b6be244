import { isOpen, PAYMENT_STATUSES } from '../../../protocol/status.ts';
import type { Writer } from '../../store/store.ts';
import { isUnscanned, type Payment } from './payment.ts';
import { backoffMs, delayByAgeMs, type Backoff } from '../../lib/backoff.ts';

/** A create that is still at work is left alone this long. */
export const ORPHANED_AFTER_MS = 2_000;
const ORPHAN_CHECKS: Backoff = { firstMs: ORPHANED_AFTER_MS, longestMs: 64_000 };
/** The first question about an open payment, doubled with each one in vain: a lost webhook costs seconds, not a sale. */
const OPEN_CHECKS: Backoff = { firstMs: 5_000, longestMs: 5 * 60_000 };
/**
 * A scanned code is decided within seconds, at the till, and its provider sends no webhooks. Slower growth than doubling:
 * a decision in the first eight seconds is seen within four, mostly within two.
 */
const SCAN_CHECKS: Backoff = { firstMs: 1_000, longestMs: 15_000, growth: 1.5 };
/** An end that is so late is told to the merchant. */
export const OVERDUE_AFTER_MS = 3 * 3_600_000;
/** Past its deadline it is asked about again after a tenth of the time that has gone by since, at most this. */
export const LONGEST_SILENT_PAUSE_MS = 6 * 3_600_000;
const SILENCE = { share: 0.1, firstMs: 0, longestMs: LONGEST_SILENT_PAUSE_MS };
/**
 * How long after its deadline a payment is asked about, or one attempt at it, whose provider does not say how it ended;
 * later a webhook or the merchant may still end it.
 */
export const WATCHED_MS = 30 * 24 * 3_600_000;
/** Looks for late money after we gave a payment, or one attempt at it, up: each is made until it is answered. */
export const LATE_CHECKS_MS = [30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000];
/** One that was not answered so often in a row is not: a companion that was away itself has not heard of it either. */
const SILENT_TRIES = 5;
/** Before a question about something given up is repeated that was not answered: at least. */
const FIRST_SILENT_PAUSE_MS = 30_000;

/** Whether the payment was given up, and late money is looked for. */
function isGivenUp({ status, reference }: Payment): boolean {
  return reference !== null && (status === 'expired' || status === 'canceled');
}

/** Whether a late question is still to be answered. */
export function isWatched(payment: Payment): boolean {
  return isGivenUp(payment) && payment.answers < LATE_CHECKS_MS.length;
}

/**
 * Whether a person has to ask the provider: it goes on saying that the payment is under way, or says nothing, hours after
 * the deadline of an open payment or the end of another one.
 */
export function isOverdue(payment: Payment, now: number): boolean {
  const { status, reference, deadline, providerPaymentId, updatedAt, checks } = payment;
  if (isOpen(status)) return reference !== null && now >= deadline + OVERDUE_AFTER_MS;
  // A payer has not seen a code whose create was never answered.
  const silent = isWatched(payment) && checks >= SILENT_TRIES && now >= updatedAt + OVERDUE_AFTER_MS;
  return silent && providerPaymentId !== null;
}

/** Whether nobody is to be asked about it any more, long after its end should have come. */
export function isPastWatching(payment: Payment, now: number): boolean {
  const { status, providerPaymentId, deadline } = payment;
  const asked = isOpen(status) ? providerPaymentId !== null && !isUnscanned(payment) : isWatched(payment);
  return asked && now > deadline + WATCHED_MS;
}

/** When the provider is to be asked about this payment next (unix ms), were it watched for ever; `null` for never. */
export function nextCheckAt(payment: Payment, now: number): number | null {
  const scan = payment.presentation.kind === 'scan';
  if (payment.status === 'created' && (payment.reference === null || isUnscanned(payment))) {
    // Nothing to ask about yet, only a time that runs out.
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

/** How long to wait after a question about something given up was not answered; `age`: ms since it was. */
export function silentPause(age: number): number {
  return delayByAgeMs(age, { ...SILENCE, firstMs: FIRST_SILENT_PAUSE_MS });
}

/**
 * Makes payments due that were planned further ahead than their longest delay, after the clock was set back. A horizon in
 * the due query cannot find these rows: an open payment is planned at most five minutes ahead, but a payment without an
 * attempt until it expires, which may be days away. The query would read all of those in every round.
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
