import { transition, type PaymentStatus } from '../../protocol/status.ts';
import { queuePaymentNotification } from '../notifications/outbox.ts';
import type { Writer } from '../store/store.ts';
import { addEvent, type Cause } from './events.ts';
import type { Applied } from './outcome.ts';
import type { Payment } from './payment.ts';
import { record, type Changes } from './record.ts';

/** Carries the payment to a status, if the state machine lets it, and tells the merchant in the same transaction. */
export async function move(
  trx: Writer,
  before: Payment,
  to: PaymentStatus,
  cause: Cause,
  now: number,
  also: Pick<Changes, 'receiptUrl' | 'onLate'> = {},
): Promise<Applied> {
  const next = transition(before.status, to);
  if (!next.changed) {
    // Being told what is known already is no event.
    if (before.status !== to) await addEvent(trx, before, before, cause, 'unchanged', now);
    return { outcome: 'unchanged', payment: before };
  }
  const changes: Changes = {
    ...also,
    status: next.status,
    late: before.late || next.late,
    // The code has done its work, and says who paid.
    chargePayload: null,
    ...(next.status === 'paid' ? { paidAt: now } : {}),
    ...(next.status === 'expired' ? { firstExpiredAt: before.firstExpiredAt ?? now } : {}),
    ...(next.status === 'refunded' ? { refundedAmount: before.amount } : {}),
  };
  const after = await record(trx, before, changes, cause, now);
  await queuePaymentNotification(trx, after, now);
  return { outcome: 'applied', payment: after };
}
