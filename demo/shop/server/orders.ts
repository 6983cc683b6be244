import { randomInt } from 'node:crypto';
import type { Order, OrderLine, OrderStatus } from '../order.ts';
import { totalOf } from './pricing.ts';

/** A payment that was begun for an order; only the last one can be paid on the page. */
export interface Attempt {
  /** The same for every repeat of one request, so that no repeat makes a second payment. */
  readonly idempotencyKey: string;
  paymentId: string | null;
  token: string | null;
}

export interface KeptOrder {
  readonly id: string;
  readonly lines: readonly OrderLine[];
  readonly amount: number;
  status: OrderStatus;
  attempts: number;
  attempt: Attempt;
  /** The version of each payment's last news that counted. */
  readonly versions: Map<string, number>;
}

/** What a verified webhook says; a real shop would check it against the order in the same way. */
export interface PaymentNews {
  readonly event: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: number;
  /** Of the payment; it grows with each change. */
  readonly version: number;
}

export interface Orders {
  add(lines: readonly OrderLine[]): KeptOrder;
  find(id: string): KeptOrder | undefined;
  /** A fresh attempt for an order whose last one came to nothing; otherwise the attempt it has. */
  retry(order: KeptOrder): void;
  /** Acts once for each payment and status, however often and in whatever order its webhooks come. */
  apply(news: PaymentNews): 'applied' | 'repeated' | 'ignored';
}

/** Orders live in memory: this is a demo. A real shop keeps them, and the versions it has seen, in its database. */
export function createOrders(): Orders {
  const orders = new Map<string, KeptOrder>();

  function attemptFor(orderId: string, number: number): Attempt {
    return { idempotencyKey: `shop-${orderId}-${number}`, paymentId: null, token: null };
  }

  return {
    add(lines) {
      const id = newOrderId();
      const order: KeptOrder = {
        id,
        lines,
        amount: totalOf(lines),
        status: 'waiting',
        attempts: 1,
        attempt: attemptFor(id, 1),
        versions: new Map(),
      };
      orders.set(id, order);
      return order;
    },
    find(id) {
      return orders.get(id);
    },
    retry(order) {
      if (order.status !== 'failed') return;
      order.attempts++;
      order.attempt = attemptFor(order.id, order.attempts);
      order.status = 'waiting';
    },
    apply({ event, orderId, paymentId, amount, version }) {
      const order = orders.get(orderId);
      if (order?.amount !== amount) return 'ignored';
      // By what the signature covers: a delivery's id stands in a header that anyone can change.
      if (!(version > (order.versions.get(paymentId) ?? 0))) return 'repeated';
      order.versions.set(paymentId, version);
      if (order.status === 'paid') return 'ignored';
      if (event === 'payment.paid') {
        // Of an earlier attempt as well: late money is money.
        order.status = 'paid';
        return 'applied';
      }
      const over = ['payment.failed', 'payment.expired', 'payment.canceled'].includes(event);
      if (!over || paymentId !== order.attempt.paymentId) return 'ignored';
      order.status = 'failed';
      return 'applied';
    },
  };
}

export function publicOrder({ id, lines, amount, status }: KeptOrder): Order {
  return { id, lines, amount, status };
}

/** Hard to guess, since knowing it opens the order; easy to read aloud, so no letters that look like digits. */
function newOrderId(): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
  const code = Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join('');
  return `R-${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}
