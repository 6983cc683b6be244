/**
 * The requests that Freepayment accepts, field by field. Unlisted fields are refused, so that nothing is sent by
 * accident.
 */
import * as v from 'valibot';
import { Refused, type Call } from './simulator.ts';

export const VARIANTS = ['SY', 'BC', 'IZ', 'MT'] as const;
export type Variant = (typeof VARIANTS)[number];

const text = v.pipe(v.string(), v.nonEmpty());
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const url = v.pipe(v.string(), v.url());
const ip = v.pipe(v.string(), v.ip());
const phone = v.pipe(v.string(), v.regex(/^\+?\d{10,15}$/));
const email = v.pipe(v.string(), v.email());
const country = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));

const common = {
  amount: kopecks,
  currency: v.literal('RUB'),
  description: text,
  test: v.exactOptional(v.boolean()),
  tracking_id: v.pipe(text, v.maxLength(255)),
  notification_url: url,
  return_url: url,
  language: v.exactOptional(v.string()),
  method: v.strictObject({ type: v.literal('sbp') }),
};
const contacts = {
  phone: v.exactOptional(phone),
  email: v.exactOptional(email),
  country: v.exactOptional(country),
};
const anyone = {
  ip: v.exactOptional(ip),
  customer: v.exactOptional(v.strictObject(contacts)),
};

const CREATE: Readonly<Record<Variant, v.GenericSchema<unknown, CreateRequest>>> = {
  SY: v.strictObject({
    ...common,
    ip,
    customer: v.pipe(
      v.strictObject(contacts),
      v.check((customer) => Object.keys(customer).length > 0, 'must have a phone, an email or a country'),
    ),
  }),
  BC: v.strictObject({ ...common, ...anyone }),
  IZ: v.strictObject({
    ...common,
    ip: v.exactOptional(ip),
    customer: v.strictObject({ ...contacts, phone: v.pipe(v.string(), v.regex(/^\d{10,15}$/)), email }),
  }),
  MT: v.strictObject({ ...common, ...anyone }),
};

export interface CreateRequest {
  readonly amount: number;
  readonly currency: 'RUB';
  readonly description: string;
  readonly test?: boolean;
  readonly tracking_id: string;
  readonly notification_url: string;
  readonly return_url: string;
  readonly language?: string;
  readonly ip?: string;
  readonly customer?: { readonly phone?: string; readonly email?: string; readonly country?: string };
}

const refundSchema = v.strictObject({ parent_uid: text, amount: kopecks, reason: text });
export type RefundRequest = v.InferOutput<typeof refundSchema>;

export function readCreate(call: Call, variant: Variant): CreateRequest {
  return read(CREATE[variant], call);
}

export function readRefund(call: Call): RefundRequest {
  return read(refundSchema, call);
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, { headers, body }: Call): Output {
  if (headers['content-type'] !== 'application/json') throw refused('content_type', 'must be JSON');
  const parsed = v.safeParse(v.strictObject({ request: schema }), jsonOf(body));
  if (parsed.success) return parsed.output.request;
  const errors = Object.fromEntries(
    parsed.issues.map((issue) => [(v.getDotPath(issue) ?? '').replace(/^request\./, ''), [issue.message]]),
  );
  throw new Refused(422, { errors, message: Object.entries(errors).flat(2).join(' ') });
}

/** A refusal about one field. */
export function refused(field: string, message: string): Refused {
  return new Refused(422, { errors: { [field]: [message] }, message: `${field} ${message}` });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
