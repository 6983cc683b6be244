/** One order, one payment: how a report changes a payment of the order. Pure functions. */
import type { PaymentReport, RefundReport } from './webhook-reports.ts';

/**
 * The stage of a payment. `starting`: create sent, no response yet. `open`: its code can be paid. `expired`: the payer may
 * still renew it. `over`: it can no longer be paid.
 */
export type Stage = 'starting' | 'open' | 'expired' | 'over';

/**
 * The use of a payment's money. `pays`: it pays the order. The others are refunded: `to_return`: the shop must request the refund;
 * `returning`: it is requested; `not_returned`: a person must refund it.
 */
export type Money = 'none' | 'pays' | 'to_return' | 'returning' | 'returned' | 'not_returned';

export interface PaymentState {
  readonly stage: Stage;
  readonly money: Money;
  /** Version of the last applied report. */
  readonly version: number;
}

/** Returns the payment's new state; `null` for a report without news: a repeat or an older one. */
export function follow(
  payment: PaymentState,
  report: PaymentReport,
  isOrderPaid: boolean,
): PaymentState | null {
  // Compares signed values: the delivery id is in a header that the signature does not cover.
  if (!(report.version > payment.version)) return null;
  return {
    stage: stageAfter(payment.stage, report.status),
    money: moneyAfter(payment.money, report, isOrderPaid),
    version: report.version,
  };
}

/** Returns the payment's new state after a refund. Ignores refunds of the payment that pays the order, which may be partial. */
export function followRefund(payment: PaymentState, { succeeded, whole }: RefundReport): PaymentState | null {
  const { money } = payment;
  if (money === 'pays' || money === 'returned') return null;
  if (succeeded) return whole ? { ...payment, money: 'returned' } : null;
  const asked = money === 'to_return' || money === 'returning';
  return asked ? { ...payment, money: 'not_returned' } : null;
}

function stageAfter(stage: Stage, status: string): Stage {
  switch (status) {
    case 'created': // repeated after a renewal
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

/** The first paid payment pays the order, even a late one of an earlier payment. Every further one is refunded. */
function moneyAfter(money: Money, { status, givenBack }: PaymentReport, isOrderPaid: boolean): Money {
  if (status === 'refunded') return money === 'pays' ? 'pays' : 'returned';
  if (money !== 'none' || (status !== 'paid' && status !== 'partial_refunded')) return money;
  if (givenBack) return 'returning';
  return isOrderPaid ? 'to_return' : 'pays';
}
