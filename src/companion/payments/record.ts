import type { Method, Presentation } from '../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../protocol/status.ts';
import type { ProviderName } from '../providers/names.ts';
import type { Customer } from '../providers/provider.ts';
import type { Writer } from '../store/store.ts';
import { addEvent, type Cause } from './events.ts';
import { toPayment, type Payment } from './payment.ts';
import { nextCheckAt } from './schedule.ts';

/** What may change in a payment's life. */
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
}

/**
 * The one place where a payment's row changes: the next version and its line in the history, in the caller's
 * transaction. Whoever waits for news is told after the commit (`ctx.announce`).
 */
export async function record(
  trx: Writer,
  before: Payment,
  changes: Changes,
  cause: Cause,
  now: number,
): Promise<Payment> {
  const changed: Payment = { ...before, ...changes, version: before.version + 1, checks: 0 };
  const row = await trx
    .updateTable('payments')
    .set({
      status: changed.status,
      late: changed.late ? 1 : 0,
      version: changed.version,
      method: changed.method,
      provider: changed.provider,
      reference: changed.reference,
      attempts: changed.attempts,
      provider_payment_id: changed.providerPaymentId,
      qr_id: changed.qrId,
      presentation_json: JSON.stringify(changed.presentation),
      receipt_url: changed.receiptUrl,
      refunded_amount: changed.refundedAmount,
      customer_json: JSON.stringify(changed.customer),
      charge_payload: changed.chargePayload,
      deadline: changed.deadline,
      expires_at: changed.expiresAt,
      paid_at: changed.paidAt,
      updated_at: now,
      checks: 0,
      next_check_at: nextCheckAt(changed, now),
    })
    .where('id', '=', before.id)
    .where('version', '=', before.version)
    .returningAll()
    .executeTakeFirstOrThrow();
  const after = toPayment(row);
  await addEvent(trx, before, after, cause, null, now);
  return after;
}
