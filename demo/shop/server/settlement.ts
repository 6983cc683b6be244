/**
 * Handles extra payments of an order: cancels payments that are still open when the order is paid, and refunds extra money. The
 * work is stored in the database, so a crash or an outage only delays it.
 */
import { CompanionRefusal, type CompanionOptions } from './companion.ts';
import type { KeptPayment } from './order-tables.ts';
import type { Orders } from './orders.ts';
import { refundPayment } from './payments.ts';

export interface SettlementOptions {
  readonly orders: Orders;
  readonly companion: CompanionOptions;
  readonly endSpare: (payment: KeptPayment) => Promise<void>;
  readonly warn: (message: string) => void;
}

export interface Settlement {
  /** Looks for due work. */
  wake(): void;
  /** Resolves when running work has ended. The rest is done after the next start. */
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export function createSettlement(options: SettlementOptions): Settlement {
  const { orders, endSpare, warn } = options;
  let running: Promise<void> | null = null;
  let wokenMeanwhile = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  async function attempt(work: Promise<void>, what: string): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      warn(`${what}, will try again: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  async function round(): Promise<void> {
    let failed = false;
    for (const payment of orders.toEnd()) {
      const ended = await attempt(endSpare(payment), `${nameOf(payment)} could not be ended`);
      failed ||= !ended;
    }
    for (const payment of orders.toReturn()) {
      const asked = await attempt(giveBack(options, payment), `${nameOf(payment)} could not be given back`);
      failed ||= !asked;
    }
    failures = failed ? failures + 1 : 0;
    if (!failed || closed) return;
    retry = setTimeout(wake, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
  }

  function wake(): void {
    if (closed) return;
    if (running) {
      wokenMeanwhile = true;
      return;
    }
    clearTimeout(retry);
    running = round().finally(() => {
      running = null;
      if (!wokenMeanwhile) return;
      wokenMeanwhile = false;
      wake();
    });
  }

  return {
    wake,
    async close() {
      closed = true;
      clearTimeout(retry);
      await running;
    },
  };
}

async function giveBack({ orders, companion, warn }: SettlementOptions, payment: KeptPayment): Promise<void> {
  warn(`${nameOf(payment)} has paid an order that was paid already: giving it back`);
  const byHand = (why: string) => warn(`${nameOf(payment)} has to be given back by hand: ${why}`);
  try {
    const status = await refundPayment(companion, payment.paymentId!, 'The order was paid twice');
    const money = { pending: 'returning', succeeded: 'returned', failed: 'not_returned' } as const;
    orders.setAskedBack(payment.idempotencyKey, money[status]);
    if (status === 'failed') byHand('the refund has failed');
  } catch (error) {
    // Give up a refund only after a final refusal, never after a temporary failure.
    if (!(error instanceof CompanionRefusal && error.isFinal)) throw error;
    orders.setAskedBack(payment.idempotencyKey, 'not_returned');
    byHand(error.message);
  }
}

function nameOf({ paymentId, orderId }: KeptPayment): string {
  return `payment ${paymentId ?? '(not begun)'} of order ${orderId}`;
}
