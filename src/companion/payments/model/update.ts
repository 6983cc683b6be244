import type { Updateable } from 'kysely';
import type { Method, Presentation } from '../../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { Customer } from '../../providers/provider.ts';
import { prepared } from '../../store/prepared.ts';
import type { OnLate, Schema } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';
import { addEvent, type Cause } from './events.ts';
import type { Payment } from './payment.ts';
import { nextCheckAt } from './next-check.ts';

/** The fields of a payment that can change. */
export interface Changes {
  readonly status?: PaymentStatus;
  readonly late?: boolean;
  readonly method?: Method | null;
  readonly provider?: ProviderName | null;
  readonly reference?: string | null;
  readonly attempts?: number;
  readonly providerPaymentId?: string | null;
  readonly qrId?: string | null;
  readonly presentation?: Presentation;
  readonly receiptUrl?: string | null;
  readonly refundedAmount?: number;
  readonly customer?: Customer;
  readonly chargePayload?: string | null;
  readonly deadline?: number;
  readonly expiresAt?: number;
  readonly paidAt?: number;
  readonly firstExpiredAt?: number;
  readonly onLate?: OnLate;
}

const updatePayment = prepared(
  (
    db,
    {
      id,
      versionBefore,
      status,
      ...changes
    }: Updateable<Schema['payments']> & { id: string; versionBefore: number; status: PaymentStatus },
  ) =>
    db
      .updateTable('payments')
      // The type of this column refuses updates, so that no other code sets the status.
      .set({ ...changes, status: status as never })
      .where('id', '=', id)
      .where('version', '=', versionBefore),
);

/**
 * Stores the next version of a payment and its line of the history, in the caller's transaction. Every new version is made
 * here. Call `ctx.announce` after the commit: it informs the subscribers.
 */
export async function record(
  trx: Writer,
  before: Payment,
  changes: Changes,
  cause: Cause,
  now: number,
): Promise<Payment> {
  const after: Payment = {
    ...before,
    ...changes,
    version: before.version + 1,
    updatedAt: now,
    checks: 0,
    answers: 0,
  };
  const { numAffectedRows } = await updatePayment(trx, {
    id: before.id,
    versionBefore: before.version,
    status: after.status,
    late: after.late ? 1 : 0,
    version: after.version,
    method: after.method,
    provider: after.provider,
    reference: after.reference,
    attempts: after.attempts,
    providerPaymentId: after.providerPaymentId,
    qrId: after.qrId,
    presentationJson: JSON.stringify(after.presentation),
    receiptUrl: after.receiptUrl,
    refundedAmount: after.refundedAmount,
    customerJson: JSON.stringify(after.customer),
    chargePayload: after.chargePayload,
    deadline: after.deadline,
    expiresAt: after.expiresAt,
    paidAt: after.paidAt,
    firstExpiredAt: after.firstExpiredAt,
    onLate: after.onLate,
    updatedAt: now,
    checks: 0,
    answeredChecks: 0,
    nextCheckAt: nextCheckAt(after, now),
  });
  if (numAffectedRows !== 1n) throw new Error(`payment ${before.id} is not at version ${before.version}`);
  await addEvent(trx, before, after, cause, null, now);
  return after;
}
