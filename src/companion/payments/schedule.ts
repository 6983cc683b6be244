import { isOpen, PAYMENT_STATUSES } from '../../protocol/status.ts';
import type { Writer } from '../store/store.ts';
import type { Payment } from './payment.ts';

/** A create that is still at work is left alone this long. */
export const ORPHANED_AFTER_MS = 2_000;
/** The first question about an open payment, doubled with each one in vain: a lost webhook costs seconds, not a sale. */
const FIRST_CHECK_MS = 5_000;
const LONGEST_CHECK_MS = 5 * 60_000;
/** Slower than doubling: what a bank decides in the first eight seconds is seen within four, mostly within two. */
const SCAN_GROWTH = 1.5;
/** A scanned code is decided within seconds, at the till, and by a provider that sends no webhooks. */
const FIRST_SCAN_CHECK_MS = 1_000;
const LONGEST_SCAN_CHECK_MS = 15_000;
/** An open payment that is so far past its deadline is told to the merchant. */
export const OVERDUE_AFTER_MS = 3 * 3_600_000;
/** Past its deadline it is asked about again after a tenth of the time that has gone by since, at most this. */
const LONGEST_OVERDUE_CHECK_MS = 6 * 3_600_000;
/** What has not ended in so long is asked about no more; a webhook or the merchant may still end it. */
const GIVE_UP_MS = 30 * 24 * 3_600_000;
/** Looks for late money after we gave a payment, or one attempt at it, up. */
export const LATE_CHECKS_MS = [30_000, 2 * 60_000, 10 * 60_000, 60 * 60_000];

/** Whether its end should have come long ago: its provider goes on saying that it is under way, or says nothing. */
export function isOverdue({ status, reference, deadline }: Payment, now: number): boolean {
  return isOpen(status) && reference !== null && now >= deadline + OVERDUE_AFTER_MS;
}

/** Whether nobody is to be asked about it any more, long after its end should have come. */
export function isGivenUp({ status, providerPaymentId, deadline }: Payment, now: number): boolean {
  return isOpen(status) && providerPaymentId !== null && now - deadline > GIVE_UP_MS;
}

/** When the provider is to be asked about this payment next (unix ms); `null` for never. */
export function nextCheckAt(payment: Payment, now: number): number | null {
  const scan = payment.presentation.kind === 'scan';
  const unscanned = scan && payment.status === 'created' && payment.chargePayload === null;
  if (payment.status === 'created' && (payment.reference === null || unscanned)) {
    // Nothing to ask about yet, only a time that runs out.
    return Math.max(payment.expiresAt, now + ORPHANED_AFTER_MS * payment.checks);
  }
  if (payment.status === 'created' && payment.providerPaymentId === null) {
    return now + ORPHANED_AFTER_MS * 2 ** Math.min(payment.checks, 5);
  }
  if (isOpen(payment.status)) {
    const [first, longest, growth] = scan
      ? [FIRST_SCAN_CHECK_MS, LONGEST_SCAN_CHECK_MS, SCAN_GROWTH]
      : [FIRST_CHECK_MS, LONGEST_CHECK_MS, 2];
    const past = now - payment.deadline;
    const pause = Math.min(first * growth ** Math.min(payment.checks, 16), longest);
    const regular = now + Math.round(Math.max(pause, Math.min(past / 10, LONGEST_OVERDUE_CHECK_MS)));
    return payment.status === 'created' && payment.expiresAt > now
      ? Math.min(regular, payment.expiresAt)
      : regular;
  }
  if (payment.reference !== null && (payment.status === 'expired' || payment.status === 'canceled')) {
    const delay = LATE_CHECKS_MS[payment.checks];
    return delay === undefined ? null : now + delay;
  }
  return null;
}

/** Makes due what is planned further ahead than anything ever is: by a clock that has been set back since. */
export async function bringForward(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('payments')
    .set({ next_check_at: now })
    .where('next_check_at', '>', now + LONGEST_CHECK_MS)
    .where((eb) =>
      eb.or([
        eb('status', 'in', PAYMENT_STATUSES.filter(isOpen)),
        eb('next_check_at', '>', now + Math.max(...LATE_CHECKS_MS)),
      ]),
    )
    .execute();
}
