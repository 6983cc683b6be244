import { isOpen, transition, type PaymentStatus } from '../../../protocol/status.ts';
import { queuePaymentNotification } from './merchant-webhooks.ts';
import type { Writer } from '../../store/store.ts';
import { closeAttention } from './attention.ts';
import { addEvent, isProvidersWord, type Cause } from './events.ts';
import type { Applied } from './outcome.ts';
import { wantsLateBack, type Payment } from './payment.ts';
import { record, type Changes } from './update.ts';

/** Changes the status if the state machine allows it, and queues the merchant's webhook in the same transaction. */
export async function move(
  trx: Writer,
  before: Payment,
  to: PaymentStatus,
  cause: Cause,
  now: number,
  also: Pick<Changes, 'receiptUrl'> = {},
): Promise<Applied> {
  const next = transition(before.status, to);
  if (!next.changed) {
    // A report of the current status is not an event.
    if (before.status !== to) await addEvent(trx, before, before, cause, 'unchanged', now);
    return { outcome: 'unchanged', payment: before };
  }
  const changes: Changes = {
    ...also,
    status: next.status,
    late: before.late || next.late,
    // The scanned code has done its work, and could identify the payer.
    chargePayload: null,
    ...(next.status === 'paid' ? { paidAt: now } : {}),
    ...(next.status === 'expired' ? { firstExpiredAt: before.firstExpiredAt ?? now } : {}),
    ...(next.status === 'refunded' ? { refundedAmount: before.amount } : {}),
  };
  const after = await record(trx, before, changes, cause, now);
  const givenBack = after.status === 'paid' && wantsLateBack(before);
  await queuePaymentNotification(trx, after, now, { givenBack });
  if (isProvidersWord(cause)) await closeExplained(trx, before, after, now);
  return { outcome: 'applied', payment: after };
}

/** Resolves open attentions after the provider's report that they were waiting for. */
async function closeExplained(trx: Writer, before: Payment, after: Payment, now: number): Promise<void> {
  const paymentId = after.id;
  if (after.status === 'paid') {
    await closeAttention(trx, { paymentId, reason: 'amount_missing' }, 'money_in', now);
    await closeAttention(trx, { paymentId, reason: 'overdue' }, 'money_in', now);
  } else if (isOpen(before.status) && !isOpen(after.status)) {
    await closeAttention(trx, { paymentId, reason: 'overdue' }, 'no_money', now);
  }
}
