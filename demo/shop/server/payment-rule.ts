/** One order, one payment: what a report makes of one of the order's payments. Pure, so that it can be read alone. */
import type { PaymentReport, RefundReport } from './webhook-reports.ts';

/**
 * How far a payment is. `starting`: asked for, not answered yet. `open`: its code can be paid. `expired`: the payer may
 * still begin it anew. `over`: no code of it can be paid any more.
 */
export type Stage = 'starting' | 'open' | 'expired' | 'over';

/**
 * What its money is for the order. `pays`: it pays the order. The others go back: `to_return` is the shop's to refund,
 * `returning` has been asked for, `not_returned` needs a person.
 */
export type Money = 'none' | 'pays' | 'to_return' | 'returning' | 'returned' | 'not_returned';

export interface PaymentState {
  readonly stage: Stage;
  readonly money: Money;
  /** Of the last report that counted. */
  readonly version: number;
}

/** Returns the payment's new state; `null` for a report that says nothing new: a repeat, or one that came out of order. */
export function follow(
  payment: PaymentState,
  report: PaymentReport,
  isOrderPaid: boolean,
): PaymentState | null {
  // By what the signature covers: a delivery's id stands in a header that anyone can change.
  if (!(report.version > payment.version)) return null;
  return {
    stage: stageAfter(payment.stage, report.status),
    money: moneyAfter(payment.money, report, isOrderPaid),
    version: report.version,
  };
}

/** The same for a refund: it counts only for money that goes back. The order's own money may be refunded in parts. */
export function followRefund(payment: PaymentState, { succeeded, whole }: RefundReport): PaymentState | null {
  const { money } = payment;
  if (money === 'pays' || money === 'returned') return null;
  if (succeeded) return whole ? { ...payment, money: 'returned' } : null;
  const asked = money === 'to_return' || money === 'returning';
  return asked ? { ...payment, money: 'not_returned' } : null;
}

function stageAfter(stage: Stage, status: string): Stage {
  switch (status) {
    case 'created': // again, after a renewal
    case 'processing':
      return stage === 'over' ? 'over' : 'open';
    case 'expired':
      return stage === 'over' ? 'over' : 'expired';
    case 'failed':
    case 'canceled':
    case 'paid':
    case 'partial_refunded':
    case 'refunded':
      return 'over';
    default:
      return stage;
  }
}

/** The first money pays the order, an earlier payment's late money as well. Whatever comes on top goes back. */
function moneyAfter(money: Money, { status, givenBack }: PaymentReport, isOrderPaid: boolean): Money {
  if (status === 'refunded') return money === 'pays' ? 'pays' : 'returned';
  if (money !== 'none' || (status !== 'paid' && status !== 'partial_refunded')) return money;
  if (givenBack) return 'returning';
  return isOrderPaid ? 'to_return' : 'pays';
}
