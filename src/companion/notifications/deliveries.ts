import type { Context } from '../payments/context.ts';
import type { DeliveryRow } from '../store/schema.ts';
import type { Reader } from '../store/store.ts';
import { newDelivery } from './outbox.ts';

export interface DeliveryQuery {
  readonly paymentId?: string | undefined;
  /** `seq` of the last delivery already seen. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The log of our webhooks, newest first. */
export async function findDeliveries(db: Reader, query: DeliveryQuery): Promise<DeliveryRow[]> {
  let select = db.selectFrom('deliveries').selectAll().orderBy('seq', 'desc').limit(query.limit);
  if (query.paymentId !== undefined) select = select.where('payment_id', '=', query.paymentId);
  if (query.after !== undefined) select = select.where('seq', '<', query.after);
  return select.execute();
}

export async function findDelivery(db: Reader, id: string): Promise<DeliveryRow | null> {
  const row = await db.selectFrom('deliveries').selectAll().where('delivery_id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Sends the same body under the same id once more, and starts the retries anew. */
export async function redeliver(ctx: Context, delivery: DeliveryRow): Promise<DeliveryRow> {
  const now = ctx.now();
  const row = await ctx.store.write((trx) =>
    trx
      .updateTable('deliveries')
      .set({ next_attempt_at: now, delivered_at: null, attempts: 0, retry_from: now })
      .where('delivery_id', '=', delivery.delivery_id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
  ctx.wakeNotifier();
  return row;
}

/** Sends a signed `test` event, which belongs to no payment, so that a shop can try its receiver. */
export async function sendTest(ctx: Context, url: string): Promise<DeliveryRow> {
  const now = ctx.now();
  const event = 'test';
  const body = {
    event,
    test: true,
    message: 'A test of your webhook receiver.',
    occurred_at: new Date(now).toISOString(),
  };
  const row = await ctx.store.write((trx) =>
    trx
      .insertInto('deliveries')
      .values(newDelivery({ paymentId: null, event, url, body }, now))
      .returningAll()
      .executeTakeFirstOrThrow(),
  );
  ctx.wakeNotifier();
  return row;
}
