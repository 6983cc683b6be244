/**
 * The shop's orders and their payments, in its database. The database enforces the rule "one order, one payment": at most one
 * payment of an order is not over, and at most one pays it. Races, repeats and crashes cannot break the rule.
 */
import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { ExtraPayment, Order, OrderLine, OrderStatus } from '../order.ts';
import { SCHEMA, toOrder, toPayment, type KeptOrder, type KeptPayment } from './order-tables.ts';
import { follow, followRefund, type Money, type Stage } from './payment-rule.ts';
import { totalOf } from './pricing.ts';
import type { PaymentReport, WebhookReport } from './webhook-reports.ts';

export type Outcome = 'applied' | 'repeated' | 'ignored';

export interface OrdersOptions {
  /** The file of the orders; `:memory:` keeps them only in the process. */
  readonly databaseFile: string;
  /** True if a test payment, which moves no money, pays an order. Only for a demo, never for a real shop. */
  readonly acceptTestPayments: boolean;
}

export type Orders = ReturnType<typeof createOrders>;

export function createOrders({ databaseFile, acceptTestPayments }: OrdersOptions) {
  const database = new DatabaseSync(databaseFile);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; ${SCHEMA}`);

  /** Runs in a transaction: either all changes are on disk, or none. */
  function transaction<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  function find(id: string): KeptOrder | undefined {
    const row = database.prepare('SELECT * FROM orders WHERE id = ?').get(id);
    return row && toOrder(row);
  }

  /** Newest first. */
  function paymentsOf(orderId: string): KeptPayment[] {
    return database
      .prepare('SELECT * FROM payments WHERE order_id = ? ORDER BY number DESC')
      .all(orderId)
      .map(toPayment);
  }

  function insertPayment(orderId: string, state: { paymentId: string | null; stage: Stage }): KeptPayment {
    const number = (paymentsOf(orderId)[0]?.number ?? 0) + 1;
    const key = `shop-${orderId}-${number}`;
    database
      .prepare(
        'INSERT INTO payments (idempotency_key, order_id, number, payment_id, stage) VALUES (?, ?, ?, ?, ?)',
      )
      .run(key, orderId, number, state.paymentId, state.stage);
    bumpRevision(orderId);
    return paymentsOf(orderId)[0]!;
  }

  function save({ idempotencyKey, orderId, paymentId, token, stage, money, version }: KeptPayment): void {
    database
      .prepare(
        'UPDATE payments SET payment_id = ?, token = ?, stage = ?, money = ?, version = ? WHERE idempotency_key = ?',
      )
      .run(paymentId, token, stage, money, version, idempotencyKey);
    bumpRevision(orderId);
  }

  function bumpRevision(orderId: string): void {
    database.prepare('UPDATE orders SET revision = revision + 1 WHERE id = ?').run(orderId);
  }

  /**
   * Returns the payment of a report. A webhook may arrive before the response to the create: then it belongs to the payment in stage
   * `starting`. A paid payment that this shop has not created belongs to the order as well.
   */
  function paymentOf({ orderId, paymentId, status }: PaymentReport): KeptPayment | undefined {
    const payments = paymentsOf(orderId);
    const known = payments.find((payment) => payment.paymentId === paymentId);
    if (known) return known;
    const starting = payments.find(({ stage, paymentId: id }) => stage === 'starting' && id === null);
    if (starting) return { ...starting, paymentId };
    return status === 'paid' ? insertPayment(orderId, { paymentId, stage: 'over' }) : undefined;
  }

  return {
    find,
    paymentsOf,

    add(lines: readonly OrderLine[]): KeptOrder {
      const order = { id: newOrderId(), lines, amount: totalOf(lines), revision: 1 };
      database
        .prepare('INSERT INTO orders (id, lines, amount) VALUES (?, ?, ?)')
        .run(order.id, JSON.stringify(lines), order.amount);
      return order;
    },

    /** Returns the order's payment that is not over, or creates it; `null` when the order is paid. */
    openPayment(orderId: string): KeptPayment | null {
      return transaction(() => {
        const payments = paymentsOf(orderId);
        if (payments.some(({ money }) => money === 'pays')) return null;
        const open = payments.find(({ stage }) => stage !== 'over');
        return open ?? insertPayment(orderId, { paymentId: null, stage: 'starting' });
      });
    },

    /** Stores the response to a create. A webhook may have arrived before. */
    setStarted(key: string, started: { readonly paymentId: string; readonly token: string }): void {
      transaction(() => {
        const payment = findPayment(database, key);
        save({ ...payment, ...started, stage: payment.stage === 'starting' ? 'open' : payment.stage });
      });
    },

    setOver(key: string): void {
      transaction(() => save({ ...findPayment(database, key), stage: 'over' }));
    },

    /** Stores a final refusal of a create. Keeps a payment that another tab's create or a webhook has confirmed meanwhile. */
    setRefused(key: string): void {
      transaction(() => {
        const payment = findPayment(database, key);
        if (payment.stage === 'starting' && payment.paymentId === null) save({ ...payment, stage: 'over' });
      });
    },

    /** Stores the first result of a requested refund. Its webhook may have arrived before. */
    setAskedBack(key: string, money: Extract<Money, 'returning' | 'returned' | 'not_returned'>): void {
      transaction(() => {
        const payment = findPayment(database, key);
        if (payment.money === 'to_return') save({ ...payment, money });
      });
    },

    /** Applies each report once, in any order and with any repeats. The change is on disk when this returns. */
    apply(report: WebhookReport): Outcome {
      return transaction(() => {
        const order = find(report.orderId);
        if (!order) return 'ignored';
        if (report.kind === 'refund') {
          const payment = paymentsOf(order.id).find(({ paymentId }) => paymentId === report.paymentId);
          const state = payment && followRefund(payment, report);
          if (payment && state) save({ ...payment, ...state });
          return state ? 'applied' : 'ignored';
        }
        if (report.amount !== order.amount || (report.test && !acceptTestPayments)) return 'ignored';
        const payment = paymentOf(report);
        if (!payment) return 'ignored';
        const isPaid = paymentsOf(order.id).some(({ money }) => money === 'pays');
        const state = follow(payment, report, isPaid);
        if (!state) return 'repeated';
        save({ ...payment, ...state });
        return state.stage === payment.stage && state.money === payment.money ? 'ignored' : 'applied';
      });
    },

    /** Returns payments of paid orders that could still be paid. */
    toEnd(): KeptPayment[] {
      return database
        .prepare(
          `SELECT * FROM payments WHERE stage <> 'over'
             AND order_id IN (SELECT order_id FROM payments WHERE money = 'pays')`,
        )
        .all()
        .map(toPayment);
    },

    /** Returns payments that the shop must refund. */
    toReturn(): KeptPayment[] {
      return database.prepare(`SELECT * FROM payments WHERE money = 'to_return'`).all().map(toPayment);
    },

    close(): void {
      database.close();
    },
  };
}

/** Returns the part of an order that the shop's page may see. */
export function publicOrder(
  { id, lines, amount, revision }: KeptOrder,
  payments: readonly KeptPayment[],
): Order {
  const extra = payments
    .map(({ money }) => money)
    .filter((money) => money !== 'none' && money !== 'pays')
    .map((money): ExtraPayment => (money === 'to_return' ? 'returning' : money));
  return { id, lines, amount, revision, status: statusOf(payments), extraPayments: extra };
}

function statusOf(payments: readonly KeptPayment[]): OrderStatus {
  if (payments.some(({ money }) => money === 'pays')) return 'paid';
  return payments.some(({ stage }) => stage !== 'over') ? 'waiting' : 'failed';
}

function findPayment(database: DatabaseSync, key: string): KeptPayment {
  const row = database.prepare('SELECT * FROM payments WHERE idempotency_key = ?').get(key);
  if (!row) throw new Error(`There is no payment ${key}`);
  return toPayment(row);
}

/** Returns an order id. Hard to guess, because it opens the order; without letters that look like digits, to be easy to read aloud. */
function newOrderId(): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
  const code = Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join('');
  return `R-${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}
