/** The requests that the simulated Sberbank accepts, exactly as documented. Its gateway refuses any other. */
import * as v from 'valibot';
import { Refused, type Call } from './simulator.ts';

export const SCOPE = 'https://api.sberbank.ru/qr/order.pay';
export const STATUS_SCOPE = 'https://api.sberbank.ru/qr/order.status';
/** The only shop that the bank knows. */
export const SHOP = { member_id: '000001', tid: '21325622', id_qr: '20305' } as const;

const uid = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{32}$/));
const time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));
const orderNumber = v.pipe(v.string(), v.nonEmpty(), v.maxLength(36));

export const paySchema = v.strictObject({
  rq_uid: uid,
  rq_tm: time,
  member_id: v.literal(SHOP.member_id),
  partner_order_number: orderNumber,
  tid: v.literal(SHOP.tid),
  id_qr: v.literal(SHOP.id_qr),
  pay_load: v.pipe(v.string(), v.nonEmpty(), v.maxLength(512), v.regex(/^[A-Za-z0-9:/&?.=]*$/)),
  amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  currency: v.literal('643'),
  operation_message: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
});

export const statusSchema = v.strictObject({
  rq_uid: uid,
  rq_tm: time,
  partner_order_number: orderNumber,
  tid: v.literal(SHOP.tid),
  order_id: v.exactOptional(v.string()),
});

export function isUid(value: unknown): boolean {
  return v.is(uid, value);
}

export function parse<Schema extends v.GenericSchema>(schema: Schema, { body }: Call): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, JSON.parse(body));
  if (parsed.success) return parsed.output;
  throw gateway(400, 'Bad Request', parsed.issues.map((issue) => v.getDotPath(issue) ?? '').join(', '));
}

export function demand(holds: boolean, what: string): void {
  if (!holds) throw gateway(400, 'Bad Request', what);
}

export function gateway(httpCode: number, httpMessage: string, moreInformation: string): Refused {
  return new Refused(httpCode, { httpCode: String(httpCode), httpMessage, moreInformation });
}
