import { isOpen } from '../../../protocol/status.ts';
import type { Providers } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import type { Reader, Store } from '../../store/store.ts';
import { findAttempts } from './attempts.ts';
import type { Payment } from './payment.ts';
import { WATCHED_MS } from './next-check.ts';

/** Clocks differ, and a bank still decides about what was confirmed in the last second. */
const SETTLING_MS = 60_000;

/**
 * When an attempt's code ends by itself (unix ms): as its provider has told, or with the shop's time to pay where the
 * provider keeps to that; `null` when nobody has told.
 */
export function endOf({ endsAt, deadline, provider }: AttemptRow, providers: Providers): number | null {
  return endsAt ?? (providers[provider].capabilities.lifetime === 'own' ? null : deadline);
}

/**
 * Until when (unix ms) money may come on this attempt; `null` once none can: it is paid, or its provider has said that it
 * is over. A provider that does not say so when the code should have ended may still know of money, for as long as it is
 * asked.
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

/** The same of a payment, by all its attempts; `null` for one that has its money: what else comes is given back. */
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
