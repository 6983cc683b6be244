/** Schemas of the merchant API's responses. The OpenAPI document shows them, and tests check real responses against them. */
import * as v from 'valibot';
import { METHODS } from '../../../protocol/snapshot.ts';
import { PAYMENT_STATUSES } from '../../../protocol/status.ts';
import {
  ATTENTION_OUTCOMES,
  ATTENTION_REASONS,
  type AttentionReason,
} from '../../store/attention-reasons.ts';

const REASONS = Object.keys(ATTENTION_REASONS) as AttentionReason[];
const text = v.string();
const time = v.pipe(v.string(), v.isoTimestamp());
const kopecks = v.pipe(v.number(), v.integer(), v.minValue(0));

const paymentEntries = {
  payment_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/)),
  order_id: text,
  status: v.picklist(PAYMENT_STATUSES),
  late: v.pipe(
    v.boolean(),
    v.description('Paid after it had ever expired or been canceled, renewed or not.'),
  ),
  test: v.pipe(
    v.boolean(),
    v.description('Created in test mode: no money moves. Never changes. Ship nothing for it.'),
  ),
  amount: v.pipe(kopecks, v.description('Kopecks.')),
  refunded_amount: v.pipe(kopecks, v.description('Kopecks given back so far.')),
  currency: text,
  description: v.nullable(text),
  method: v.nullable(v.picklist(METHODS)),
  methods: v.array(v.picklist(METHODS)),
  qr_id: v.nullable(text),
  qr_payload: v.pipe(
    v.nullable(text),
    v.description('What the QR says, as the provider gave it; null while the provider has no link yet.'),
  ),
  payment_url: v.pipe(text, v.description('The hosted page: a link to send.')),
  token: v.pipe(text, v.description('For <sbp-checkout token>. Opens this payment only.')),
  receipt_url: v.pipe(v.nullable(text), v.description('Where the provider shows the payer’s receipt.')),
  return_url: v.nullable(text),
  callback_url: v.nullable(text),
  expires_at: time,
  renewable_until: v.pipe(
    v.nullable(time),
    v.description('Until when the payer may begin anew after expiry; null when not (any more).'),
  ),
  payable_until: v.pipe(
    v.nullable(time),
    v.description(
      'Until when money may still come, also on a code that was closed or left; null once none can.',
    ),
  ),
  created_at: time,
  paid_at: v.nullable(time),
  metadata: v.record(v.string(), v.unknown()),
};

const attentionEntries = {
  attention_id: text,
  payment_id: text,
  reason: v.pipe(v.picklist(REASONS), v.description('Why a person should look.')),
  reference: v.pipe(text, v.description('The attempt at the provider.')),
  refund_id: v.pipe(v.nullable(text), v.description('Our refund that it is about.')),
  provider_refund_id: v.pipe(v.nullable(text), v.description('A refund of the provider’s cabinet.')),
  reported_amount: v.pipe(v.nullable(kopecks), v.description('Kopecks, as the provider says.')),
  reported_currency: v.nullable(text),
  opened_at: time,
  resolved_at: v.nullable(time),
  outcome: v.nullable(v.picklist(ATTENTION_OUTCOMES)),
  note: v.nullable(text),
};

const attentionList = v.pipe(
  v.array(v.strictObject(attentionEntries)),
  v.description('What a person should look at, open ones only.'),
);

export const paymentSchema = v.strictObject(paymentEntries);

/** An item of the list; `attention` with `?attention=true`. */
export const listedPaymentSchema = v.strictObject({
  ...paymentEntries,
  attention: v.exactOptional(attentionList),
});

export const resolvedAttentionSchema = v.strictObject({
  ...attentionEntries,
  payment_status: v.picklist(PAYMENT_STATUSES),
  refunded_amount: v.pipe(kopecks, v.description('Kopecks given back so far.')),
});

export const createdPaymentSchema = v.strictObject({
  ...paymentEntries,
  qr_svg: v.exactOptional(
    v.pipe(v.nullable(text), v.description('null without a link, or if the link is too long for a QR.')),
  ),
  qr_png: v.exactOptional(v.pipe(v.nullable(text), v.description('Base64; null as qr_svg.'))),
  fallback_html: v.pipe(
    text,
    v.description(
      'Escaped HTML with the sum, the code and the link, to print inside <sbp-checkout>: seen with the page’s first picture, and where no script runs.',
    ),
  ),
  deep_link: v.exactOptional(v.nullable(text)),
});

export const paymentWithEventsSchema = v.strictObject({
  ...paymentEntries,
  attention: attentionList,
  events: v.array(
    v.strictObject({
      event: text,
      status_before: v.picklist(PAYMENT_STATUSES),
      status: v.picklist(PAYMENT_STATUSES),
      version: v.pipe(v.number(), v.integer()),
      source: text,
      note: v.pipe(v.nullable(text), v.description('Why the event changed nothing.')),
      attention: v.pipe(
        v.nullable(
          v.strictObject({
            attention_id: text,
            reason: v.picklist(REASONS),
            outcome: v.picklist(ATTENTION_OUTCOMES),
            refunded_before: kopecks,
            refunded_after: kopecks,
            reserved_before: kopecks,
            reserved_after: kopecks,
          }),
        ),
        v.description('Of `attention.resolved`: the sums before and after.'),
      ),
      created_at: time,
    }),
  ),
});

export const refundSchema = v.strictObject({
  refund_id: text,
  payment_id: text,
  amount: v.pipe(kopecks, v.description('Kopecks.')),
  reason: v.nullable(text),
  status: v.picklist(['pending', 'succeeded', 'failed']),
  failure_reason: v.pipe(
    v.nullable(text),
    v.description(
      'Why it failed, in the provider’s own words; null while it has not, or when no reason is told.',
    ),
  ),
  created_at: time,
  updated_at: time,
});

export const deliverySchema = v.strictObject({
  delivery_id: text,
  payment_id: v.nullable(text),
  event: text,
  url: text,
  status: v.picklist(['pending', 'delivered', 'given_up']),
  attempts: v.pipe(v.number(), v.integer()),
  last_status: v.nullable(v.pipe(v.number(), v.integer())),
  last_error: v.nullable(text),
  created_at: time,
  delivered_at: v.nullable(time),
  next_attempt_at: v.nullable(time),
});

export const merchantBankListSchema = v.strictObject({
  platform: v.picklist(['ios', 'android', 'desktop']),
  banks: v.array(
    v.strictObject({
      id: text,
      name: text,
      logo_url: v.nullable(text),
      aliases: v.array(text),
      scheme: text,
      package_name: v.exactOptional(v.nullable(text)),
      web_url: v.exactOptional(v.nullable(text)),
    }),
  ),
});

export function pageSchema<Item extends v.GenericSchema>(item: Item) {
  return v.strictObject({ items: v.array(item), next_cursor: v.nullable(text) });
}
