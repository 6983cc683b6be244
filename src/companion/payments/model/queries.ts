import { prepared } from '../../store/prepared.ts';
import type { Reader } from '../../store/store.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { PaymentEventRow } from '../../store/schema.ts';
import { toPayment, type Payment } from './payment.ts';

const selectPayment = prepared((db, { id }: { id: string }) =>
  db.selectFrom('payments').selectAll().where('id', '=', id),
);

export async function findPayment(db: Reader, id: string): Promise<Payment | null> {
  const [row] = (await selectPayment(db, { id })).rows;
  return row ? toPayment(row) : null;
}

/** Returns the payment with this QR, by the provider's id. Also finds a QR that a renewal has replaced. */
export async function findByQr(db: Reader, qrId: string): Promise<Payment | null> {
  const row = await db
    .selectFrom('attempts')
    .innerJoin('payments', 'payments.id', 'attempts.paymentId')
    .selectAll('payments')
    .where('attempts.qrId', '=', qrId)
    .executeTakeFirst();
  return row ? toPayment(row) : null;
}

export function findEvents(db: Reader, paymentId: string): Promise<PaymentEventRow[]> {
  return db
    .selectFrom('paymentEvents')
    .selectAll()
    .where('paymentId', '=', paymentId)
    .orderBy('id')
    .execute();
}

export interface PageQuery {
  readonly orderId?: string | undefined;
  readonly status?: PaymentStatus | undefined;
  /** True for only the payments with an open attention. */
  readonly attention?: boolean;
  /** `seq` of the last payment already seen. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Returns one page, newest first. Pages are cut by `seq`, so that new payments do not shift the later pages. */
export async function findPage(db: Reader, query: PageQuery): Promise<Payment[]> {
  let select = db.selectFrom('payments').selectAll().orderBy('seq', 'desc').limit(query.limit);
  if (query.orderId !== undefined) select = select.where('orderId', '=', query.orderId);
  if (query.status !== undefined) select = select.where('status', '=', query.status);
  if (query.attention) {
    select = select.where('id', 'in', (eb) =>
      eb.selectFrom('attention').select('paymentId').where('resolvedAt', 'is', null),
    );
  }
  if (query.after !== undefined) select = select.where('seq', '<', query.after);
  return (await select.execute()).map(toPayment);
}
