/** The schemas of the checkout API's messages. Tests check the companion's responses against them. */
import * as v from 'valibot';
import { PLATFORMS, type BankList } from './banks.ts';
import type { Problem } from './problem.ts';
import { ACTIONS, DEVICE_TYPES, FAILURES, METHODS, type Snapshot } from './snapshot.ts';
import { PAYMENT_STATUSES } from './status.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const time = v.pipe(v.string(), v.isoTimestamp());
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export const presentationSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('pending') }),
  v.strictObject({ kind: v.literal('link'), url: text, deep_link: v.nullable(text) }),
  v.strictObject({
    kind: v.literal('form'),
    action: text,
    http_method: text,
    fields: v.array(v.strictObject({ type: text, name: text, value: v.string() })),
    iframe: v.boolean(),
  }),
  v.strictObject({ kind: v.literal('scan') }),
]);

export const snapshotSchema = v.strictObject({
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  payment_id: text,
  order_id: text,
  amount: kopecks,
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
  description: v.nullable(text),
  merchant: v.strictObject({ name: v.string(), logo_url: v.nullable(text) }),
  status: v.picklist(PAYMENT_STATUSES),
  failure: v.nullable(v.picklist(FAILURES)),
  late: v.boolean(),
  test: v.boolean(),
  sandbox: v.boolean(),
  paid_at: v.nullable(time),
  refunded_amount: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  method: v.nullable(v.picklist(METHODS)),
  methods: v.array(v.picklist(METHODS)),
  presentation: presentationSchema,
  device: v.nullable(
    v.strictObject({ type: v.picklist(DEVICE_TYPES), os: v.nullable(text), browser: v.nullable(text) }),
  ),
  expires_at: time,
  now: time,
  return_url: v.nullable(text),
  receipt_url: v.nullable(text),
  actions: v.array(v.picklist(ACTIONS)),
}) satisfies v.GenericSchema<unknown, Snapshot>;

export const bankListSchema = v.strictObject({
  platform: v.picklist(PLATFORMS),
  banks: v.array(
    v.strictObject({
      id: text,
      name: text,
      logo_url: v.nullable(text),
      aliases: v.array(text),
      url: text,
      links: v.array(v.strictObject({ kind: v.picklist(['scheme', 'intent', 'web']), url: text })),
    }),
  ),
}) satisfies v.GenericSchema<unknown, BankList>;

export const problemSchema = v.strictObject({
  type: text,
  title: text,
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  detail: text,
  code: text,
  errors: v.exactOptional(v.array(v.strictObject({ path: v.string(), message: text }))),
}) satisfies v.GenericSchema<unknown, Problem>;
