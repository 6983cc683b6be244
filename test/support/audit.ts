import type { DatabaseSync } from 'node:sqlite';
import type { Received } from './merchant-server.ts';
import { AMOUNT, type Acknowledged } from './order-load.ts';

export interface Audit {
  readonly acknowledged: number;
  /** Acknowledged but missing, or stored with another state. */
  readonly lost: string[];
  /** Stored more than once. */
  readonly doubled: string[];
}

/** Compares what was acknowledged with the database. */
export function audit(db: DatabaseSync, promised: Acknowledged): Audit {
  const lost: string[] = [];
  const doubled: string[] = [];
  const column = (sql: string) =>
    new Map((db.prepare(sql).all() as { k: string; v: string | number }[]).map(({ k, v }) => [k, v]));

  const idsByOrder = column('SELECT order_id AS k, id AS v FROM payments');
  for (const [order, id] of promised.payments) {
    if (idsByOrder.get(order) !== id) lost.push(`payment ${order}`);
  }
  const perOrder = column('SELECT order_id AS k, count(*) AS v FROM payments GROUP BY order_id');
  for (const [order, count] of perOrder) if (count !== 1) doubled.push(`payment ${order}: ${count}`);

  const deliveries = column('SELECT delivery_id AS k, payment_id AS v FROM provider_deliveries');
  const timesPaid = column(`SELECT payment_id AS k, count(*) AS v FROM payment_events
    WHERE status_after = 'paid' AND status_before <> 'paid' GROUP BY payment_id`);
  for (const [deliveryId, paymentId] of promised.webhooks) {
    if (deliveries.get(deliveryId) !== paymentId || !timesPaid.has(paymentId)) {
      lost.push(`webhook ${deliveryId}`);
    }
  }
  for (const [id, times] of timesPaid) if (times !== 1) doubled.push(`${id} paid: ${times}`);

  const refunds = column('SELECT id AS k, status AS v FROM refunds');
  for (const [id, status] of promised.refunds) {
    const now = refunds.get(id);
    // A refund that was returned as pending is settled later.
    const isKept = status === 'pending' ? now !== undefined : now === status;
    if (!isKept) lost.push(`refund ${id}: ${status} became ${now ?? 'nothing'}`);
  }
  const refundsOf = column('SELECT payment_id AS k, count(*) AS v FROM refunds GROUP BY payment_id');
  for (const [id, count] of refundsOf) if (count !== 1) doubled.push(`refund of ${id}: ${count}`);
  const wrongSums = column(`SELECT id AS k, refunded_amount AS v FROM payments WHERE amount <> ${AMOUNT}
    OR refunded_amount <> (SELECT coalesce(sum(amount), 0) FROM refunds
      WHERE payment_id = payments.id AND status = 'succeeded')
    OR (refunded_amount > 0) <> (status = 'partial_refunded')`);
  for (const [id, sum] of wrongSums) doubled.push(`${id}: ${sum} kopecks refunded`);

  const acknowledged = promised.payments.size + promised.webhooks.size + promised.refunds.size;
  return { acknowledged, lost, doubled };
}

/** Compares what was acknowledged with the merchant's webhooks: one delivery id per change; repeats have the same id. */
export function auditNotifications(received: ReadonlyMap<string, Received>, promised: Acknowledged): Audit {
  const deliveriesByChange = new Map<string, number>();
  const doubled: string[] = [];
  for (const [deliveryId, { event, payload, bodies }] of received) {
    const change = `${event} ${String(payload['refund_id'] ?? payload['payment_id'])}`;
    deliveriesByChange.set(change, (deliveriesByChange.get(change) ?? 0) + 1);
    if (bodies.size !== 1) doubled.push(`delivery ${deliveryId}: ${bodies.size} bodies`);
  }
  for (const [change, ids] of deliveriesByChange)
    if (ids !== 1) doubled.push(`${change}: ${ids} delivery ids`);
  const wanted = [
    ...new Set([...promised.webhooks.values()].map((id) => `payment.paid ${id}`)),
    ...[...promised.refunds]
      .filter(([, status]) => status !== 'pending')
      .map(([id, status]) => `refund.${status} ${id}`),
  ];
  const lost = wanted.filter((change) => !deliveriesByChange.has(change));
  return { acknowledged: wanted.length, lost, doubled };
}
