import { newId } from '../lib/ids.ts';
import { prepared } from '../store/prepared.ts';
import type { Writer } from '../store/store.ts';

export interface Message {
  /** `null` for a test event, which belongs to no payment. */
  readonly paymentId: string | null;
  readonly event: string;
  readonly url: string;
  readonly body: object;
}

/** Returns a row of the outbox that is due at once. */
export function newDelivery({ paymentId, event, url, body }: Message, now: number) {
  const { host, origin, pathname } = new URL(url);
  return {
    deliveryId: newId('dlv'),
    paymentId,
    event,
    url,
    host,
    endpoint: `${origin}${pathname}`,
    body: JSON.stringify(body),
    attempts: 0,
    nextAttemptAt: now,
    retryFrom: now,
    deliveredAt: null,
    lastStatus: null,
    lastError: null,
    createdAt: now,
  };
}

const insertDelivery = prepared((trx, row: ReturnType<typeof newDelivery>) =>
  trx.insertInto('deliveries').values(row),
);

/** Puts the message into the outbox, in the transaction of the change that it reports. */
export async function queueMessage(trx: Writer, message: Message, now: number): Promise<void> {
  await insertDelivery(trx, newDelivery(message, now));
}
