import type { OrderLine } from '../order.ts';
import type { Money, PaymentState, Stage } from './payment-rule.ts';

/** The two indexes enforce the rule "one order, one payment". */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    lines TEXT NOT NULL,
    amount INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE TABLE IF NOT EXISTS payments (
    idempotency_key TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    number INTEGER NOT NULL,
    payment_id TEXT UNIQUE,
    token TEXT,
    stage TEXT NOT NULL CHECK (stage IN ('starting', 'open', 'expired', 'over')),
    money TEXT NOT NULL DEFAULT 'none'
      CHECK (money IN ('none', 'pays', 'to_return', 'returning', 'returned', 'not_returned')),
    version INTEGER NOT NULL DEFAULT 0,
    UNIQUE (order_id, number)
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS one_open_payment ON payments (order_id) WHERE stage <> 'over';
  CREATE UNIQUE INDEX IF NOT EXISTS one_paying_payment ON payments (order_id) WHERE money = 'pays';
`;

export interface KeptOrder {
  readonly id: string;
  readonly lines: readonly OrderLine[];
  /** Kopecks. */
  readonly amount: number;
  /** Increases with each change of the order and its payments. */
  readonly revision: number;
}

export interface KeptPayment extends PaymentState {
  /** The idempotency key, the same for every repeat of a create, so that a repeat does not create a second payment. */
  readonly idempotencyKey: string;
  readonly orderId: string;
  /** 1 for the order's first payment. */
  readonly number: number;
  /** `null` until the companion has responded. */
  readonly paymentId: string | null;
  readonly token: string | null;
}

type Row = Readonly<Record<string, unknown>>;

export function toOrder({ id, lines, amount, revision }: Row): KeptOrder {
  return {
    id: id as string,
    lines: JSON.parse(lines as string) as OrderLine[],
    amount: amount as number,
    revision: revision as number,
  };
}

export function toPayment(row: Row): KeptPayment {
  return {
    idempotencyKey: row['idempotency_key'] as string,
    orderId: row['order_id'] as string,
    number: row['number'] as number,
    paymentId: row['payment_id'] as string | null,
    token: row['token'] as string | null,
    stage: row['stage'] as Stage,
    money: row['money'] as Money,
    version: row['version'] as number,
  };
}
