import { sql } from 'kysely';
import type { Method } from '../../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { PaymentRef, ProviderReport } from '../../providers/provider.ts';
import type { AttemptRow, AttemptState } from '../../store/schema.ts';
import { prepared } from '../../store/prepared.ts';
import type { Reader, Writer } from '../../store/store.ts';
import { isUnscanned, type Payment } from './payment.ts';

/** Maximum attempts of one payment. No payer needs more codes and methods, and each attempt is a payment at a provider. */
export const MAX_ATTEMPTS = 10;

/** True if the payment may have another attempt. */
export function hasAttemptLeft({ attempts }: Pick<Payment, 'attempts'>): boolean {
  return attempts < MAX_ATTEMPTS;
}

/**
 * Adds the payment's next attempt. Returns the changes that offer it to the payer, for `record`. The reference of the first
 * attempt is the payment's id.
 */
export async function addAttempt(
  trx: Writer,
  { id: paymentId, attempts: earlier }: Pick<Payment, 'id' | 'attempts'>,
  {
    provider,
    method,
    deadline,
  }: { readonly provider: ProviderName; readonly method: Method; readonly deadline: number },
  now: number,
) {
  const attempts = earlier + 1;
  const reference = attempts === 1 ? paymentId : `${paymentId}-${attempts}`;
  await trx
    .insertInto('attempts')
    .values({
      reference,
      paymentId,
      provider,
      method,
      providerPaymentId: null,
      qrId: null,
      deadline,
      createdAt: now,
    })
    .execute();
  return {
    attempts,
    reference,
    provider,
    method,
    providerPaymentId: null,
    qrId: null,
    presentation: { kind: 'pending' },
    chargePayload: null,
  } as const;
}

const selectAttempts = prepared((db, { paymentId }: { paymentId: string }) =>
  db
    .selectFrom('attempts')
    .selectAll()
    .where('paymentId', '=', paymentId)
    .orderBy('createdAt')
    .orderBy(sql`rowid`),
);

export async function findAttempts(db: Reader, paymentId: string): Promise<AttemptRow[]> {
  return (await selectAttempts(db, { paymentId })).rows;
}

const selectAttempt = prepared((db, { reference }: { reference: string }) =>
  db.selectFrom('attempts').selectAll().where('reference', '=', reference),
);

export async function findAttempt(db: Reader, reference: string): Promise<AttemptRow | null> {
  const { rows } = await selectAttempt(db, { reference });
  return rows[0] ?? null;
}

/** Returns the attempt that a provider's message is about, found by our reference or by the provider's id. */
export async function findReported(
  db: Reader,
  provider: string,
  { reference, providerPaymentId }: { reference: string; providerPaymentId?: string | null },
): Promise<AttemptRow | null> {
  const named = await findAttempt(db, reference);
  if (named) return named.provider === provider ? named : null;
  if (!providerPaymentId) return null;
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('providerPaymentId', '=', providerPaymentId)
    .where('provider', '=', provider as ProviderName)
    .executeTakeFirst();
  return row ?? null;
}

/** Returns the reference of the attempt whose money is the payment's; of the offered attempt while there is none. */
export async function paidReference(db: Reader, payment: Payment): Promise<string> {
  const attempts = await findAttempts(db, payment.id);
  const paid = attempts.find(({ state }) => state === 'paid')?.reference ?? payment.reference;
  if (paid === null) throw new Error(`payment ${payment.id} was paid by no attempt`);
  return paid;
}

export const UNPAID: readonly AttemptState[] = ['open', 'ended'];

/** True if the attempt was paid, also if it was a second charge of the payment. */
export function hasMoney({ state }: Pick<AttemptRow, 'state'>): boolean {
  return !UNPAID.includes(state);
}

/** Returns the attempt as its provider knows it. */
export function refOfAttempt(attempt: AttemptRow, payment: Pick<Payment, 'amount' | 'currency'>): PaymentRef {
  return {
    reference: attempt.reference,
    providerPaymentId: attempt.providerPaymentId,
    method: attempt.method,
    amount: payment.amount,
    currency: payment.currency,
  };
}

/**
 * Leaves the offered attempt. It must be closed at its provider. A code that was never scanned is over at once: its provider
 * does not know it.
 */
export async function leaveAttempt(trx: Writer, payment: Payment): Promise<void> {
  if (payment.reference === null) return;
  if (isUnscanned(payment)) await markOver(trx, payment.reference);
  else await markForClosing(trx, payment.reference);
}

/** After one of these statuses an attempt takes no more money, unless the provider says until when it may. */
const ENDED: readonly (PaymentStatus | null)[] = ['failed', 'expired', 'canceled', 'refunded'];

/** Stores how long the attempt may take money, as reported. Returns true if the attempt is over. */
export async function noteEnd(
  trx: Writer,
  attempt: AttemptRow,
  { status, payableUntil = null, expiresAt = null }: ProviderReport,
): Promise<boolean> {
  if (hasMoney(attempt)) return false;
  const endsAt = payableUntil ?? Math.min(attempt.endsAt ?? Infinity, expiresAt ?? Infinity);
  const changes: Pick<AttemptRow, 'endsAt' | 'state'> = {
    endsAt: endsAt === Infinity ? null : endsAt,
    state: payableUntil === null && ENDED.includes(status) ? 'ended' : attempt.state,
  };
  if (changes.endsAt !== attempt.endsAt || changes.state !== attempt.state) {
    await trx.updateTable('attempts').set(changes).where('reference', '=', attempt.reference).execute();
  }
  return changes.state === 'ended';
}

/** Marks an attempt as ended: its provider has said that it ended without money, or does not know it. */
export async function markOver(trx: Writer, reference: string): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ state: 'ended' })
    .where('reference', '=', reference)
    .where('state', 'in', UNPAID)
    .execute();
}

/** Marks an attempt for closing at its provider (see close-attempts.ts). */
export async function markForClosing(trx: Writer, reference: string): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ closeState: 'closing', closeTries: 0, nextCloseAt: null, silentSince: null })
    .where('reference', '=', reference)
    .where('state', 'in', UNPAID)
    .execute();
}
