import type { DeliveryRow } from '../store/schema.ts';
import type { Reader, Store } from '../store/store.ts';
import { newDelivery } from './outbox.ts';

/** The outbox, and the call that makes the notifier read it at once. */
interface Outbox {
  readonly store: Store;
  /** Unix time in ms. */
  readonly now: () => number;
  readonly wakeNotifier: () => void;
}

export interface DeliveryQuery {
  readonly paymentId?: string | undefined;
  /** `seq` of the last delivery already seen. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Returns the log of our webhooks, newest first. */
export async function findDeliveries(db: Reader, query: DeliveryQuery): Promise<DeliveryRow[]> {
  let select = db.selectFrom('deliveries').selectAll().orderBy('seq', 'desc').limit(query.limit);
  if (query.paymentId !== undefined) select = select.where('paymentId', '=', query.paymentId);
  if (query.after !== undefined) select = select.where('seq', '<', query.after);
  return select.execute();
}

export async function findDelivery(db: Reader, id: string): Promise<DeliveryRow | null> {
  const row = await db.selectFrom('deliveries').selectAll().where('deliveryId', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Sends the same body under the same id again, with a new schedule of retries. */
export async function redeliver(
  { store, now, wakeNotifier }: Outbox,
  delivery: DeliveryRow,
): Promise<DeliveryRow> {
  const queuedAt = now();
  const row = await store.write((trx) =>
    trx
      .updateTable('deliveries')
      .set({ nextAttemptAt: queuedAt, deliveredAt: null, attempts: 0, retryFrom: queuedAt })
      .where('deliveryId', '=', delivery.deliveryId)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
  wakeNotifier();
  return row;
}

/** Sends a signed `test` event, which belongs to no payment, so that a shop can try its receiver. */
export async function sendTest({ store, now, wakeNotifier }: Outbox, url: string): Promise<DeliveryRow> {
  const queuedAt = now();
  const event = 'test';
  const body = {
    event,
    test: true,
    message: 'A test of your webhook receiver.',
    occurred_at: new Date(queuedAt).toISOString(),
  };
  const row = await store.write((trx) =>
    trx
      .insertInto('deliveries')
      .values(newDelivery({ paymentId: null, event, url, body }, queuedAt))
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
  wakeNotifier();
  return row;
}
