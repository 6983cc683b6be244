import { isOpen } from '../../../protocol/status.ts';
import type { Providers } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import type { Reader, Store } from '../../store/store.ts';
import { findAttempts } from './attempts.ts';
import type { Payment } from './payment.ts';
import { WATCHED_MS } from './next-check.ts';

/** Money may come this long after the end, ms: clocks differ, and a bank still decides about a last-second payment. */
const SETTLING_MS = 60_000;

/**
 * Returns when the attempt's code ends without any action, unix ms: at the provider's time, or with the shop's time to pay if
 * the provider keeps to that. `null` when the end is unknown.
 */
export function endOf({ endsAt, deadline, provider }: AttemptRow, providers: Providers): number | null {
  return endsAt ?? (providers[provider].capabilities.lifetime === 'own' ? null : deadline);
}

/**
 * Returns until when money may come on this attempt, unix ms. `null` when none can come any more: the attempt is paid, or its
 * provider has said that it is over. A provider may stay silent when the code should have ended. Then money may come for as
 * long as the provider is polled.
 */
export function attemptPayableUntil(attempt: AttemptRow, providers: Providers, now: number): number | null {
  if (attempt.state !== 'open') return null;
  const end = endOf(attempt, providers);
  if (end !== null && end + SETTLING_MS > now) return end + SETTLING_MS;
  const asked = attempt.deadline + WATCHED_MS;
  return asked > now ? asked : null;
}

interface Sources {
  readonly store: Pick<Store, 'read'>;
  readonly providers: Providers;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Returns until when money may come on any attempt of the payment, unix ms. `null` when the payment is paid: more money would
 * be given back.
 */
export async function payableUntil(
  { store, providers, now }: Sources,
  payment: Payment,
  db: Reader = store.read,
): Promise<number | null> {
  if (payment.paidAt !== null) return null;
  const attempts = await findAttempts(db, payment.id);
  const times = attempts.map((attempt) => attemptPayableUntil(attempt, providers, now()) ?? 0);
  // A payer who has not chosen a method may still choose one.
  if (isOpen(payment.status)) times.push(payment.deadline + SETTLING_MS);
  const latest = Math.max(0, ...times);
  return latest > now() ? latest : null;
}
