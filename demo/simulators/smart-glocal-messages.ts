/**
 * The requests and messages of the simulated Smart Glocal, from the published example and the outline in its document.
 */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { Refused, type Bill } from './simulator.ts';

const reference = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const sessionId = v.pipe(v.string(), v.nonEmpty());
const phone = v.pipe(v.string(), v.regex(/^7\d{10}$/));
const amountDetails = v.strictObject({
  amount: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  currency: v.literal('RUB'),
});

const payment = {
  payment_details: v.strictObject({
    type: v.literal('internet_banking'),
    internet_banking: v.strictObject({
      type: v.literal('sber_pay'),
      sber_pay: v.strictObject({
        phone: v.exactOptional(phone),
        channel: v.picklist(['app', 'web', 'mobile_web']),
      }),
    }),
  }),
  amount_details: amountDetails,
};
const identity = {
  metadata: v.pipe(v.string(), v.maxLength(64)),
  customer: v.strictObject({ reference }),
};
const options = {
  payment_options: v.strictObject({ return_url: v.pipe(v.string(), v.url()) }),
};

export const initSchema = v.strictObject({ ...payment, ...identity, ...options });
export const createSchema = v.strictObject(identity);
export const startSchema = v.strictObject({ session_id: sessionId, ...payment, ...options });
export const sessionSchema = v.strictObject({ session_id: sessionId });
export const pushSchema = v.strictObject({ phone, session_id: sessionId });
export const refundSchema = v.strictObject({ session_id: sessionId, amount_details: amountDetails });

export type Identity = v.InferOutput<typeof createSchema>;
export type Start = Omit<v.InferOutput<typeof initSchema>, keyof Identity>;
export type Started = v.InferOutput<typeof startSchema>;
export type Refund = v.InferOutput<typeof refundSchema>;

/** A session. Its `id` is the bill's. */
export interface SessionBill extends Bill {
  readonly identity: Identity;
  /** `null` while its payment is not started. */
  readonly start: Start | null;
  readonly paymentId: string;
  readonly link: string;
  /** ISO 8601 with microseconds. */
  readonly createdAt: string;
  updatedAt: string;
  /** Unix time, ms. */
  readonly endsAt: number;
  confirmed: boolean;
  /** The phones that received a message. */
  readonly pushes: string[];
}

export type Spelling = 'cancelled' | 'canceled';

export function newSession(
  identity: Identity,
  start: Start | null,
  stamp: string,
  endsAt: number,
): Omit<SessionBill, 'link'> {
  return {
    id: `ps_${randomBytes(8).toString('hex')}`,
    paymentId: `pm_${randomBytes(8).toString('hex')}`,
    reference: identity.customer.reference,
    identity,
    start,
    amount: start?.amount_details.amount ?? 0,
    currency: 'RUB',
    status: 'created',
    refunded: 0,
    returnUrl: start?.payment_options.return_url ?? null,
    createdAt: stamp,
    updatedAt: stamp,
    endsAt,
    confirmed: false,
    pushes: [],
  };
}

/** Returns a session in the form of responses and webhooks. */
export function view(bill: SessionBill, spelling: Spelling): object {
  const waits = bill.start !== null && !bill.confirmed && bill.status === 'created';
  return {
    id: bill.id,
    status: sessionStatus(bill, spelling),
    created_at: bill.createdAt,
    updated_at: bill.updatedAt,
    ...(waits ? { next_action: 'confirm' } : {}),
    acquiring_payments: bill.start === null ? [] : [paymentView(bill, bill.start)],
  };
}

function paymentView(bill: SessionBill, start: Start): object {
  return {
    id: bill.paymentId,
    status: paymentStatus(bill),
    created_at: bill.createdAt,
    customer: bill.identity.customer,
    payment_details: start.payment_details,
    amount_details: start.amount_details,
    metadata: bill.identity.metadata,
    payment_options: { ...start.payment_options, recurrent: false },
    ...(bill.confirmed && bill.status === 'created'
      ? { customer_interaction: { type: 'redirect', redirect: { url: bill.link } } }
      : {}),
  };
}

function sessionStatus({ status, start }: SessionBill, spelling: Spelling): string {
  switch (status) {
    case 'created':
      return start === null ? 'created' : 'in_progress';
    case 'processing':
      return 'in_progress';
    case 'failed':
      return 'error';
    // The document does not say how the real system describes an expired session.
    case 'expired':
    case 'canceled':
      return spelling;
    default:
      return 'accepted';
  }
}

function paymentStatus({ status }: SessionBill): string {
  switch (status) {
    case 'created':
      return 'in_progress';
    case 'processing':
      return 'pending';
    case 'failed':
    case 'expired':
    case 'canceled':
      return 'failed';
    default:
      return 'succeeded';
  }
}

export function refusal(status: number, code: string, description = code): Refused {
  return new Refused(status, { status: 'error', error: { code, description } });
}

export function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: string,
): v.InferOutput<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw refusal(400, 'malformed_json');
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const wrong = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw refusal(400, 'validation_error', wrong.join('; '));
}
