import type { GenericSchema } from 'valibot';
import type { Context } from '../../payments/context.ts';
import { paymentRequestSchema } from '../merchant/payment-request-schema.ts';
import { KEY_HEADERS } from '../plumbing/idempotency.ts';
import * as answers from '../merchant/response-schemas.ts';
import { resolveRequestSchema } from '../merchant/attention.ts';
import { banksQuery } from '../merchant/banks.ts';
import { deliveryListQuery, testRequestSchema } from '../merchant/deliveries.ts';
import { cancelRequestSchema, paymentListQuery } from '../merchant/payments.ts';
import { refundRequestSchema } from '../merchant/refunds.ts';
import type { ProblemCode } from '../plumbing/problem-codes.ts';
import type { Operation } from './operation.ts';

/** What any call can be refused by. */
const ANY: readonly ProblemCode[] = ['invalid_api_key', 'rate_limited'];
/** What any POST can be: each reads a body if there is one, and a key. */
const ANY_POST: readonly ProblemCode[] = [
  ...ANY,
  'malformed_json',
  'nested_too_deep',
  'body_too_large',
  'unsupported_media_type',
  'invalid_idempotency_key',
  'idempotency_key_in_use',
  'idempotency_key_reused',
];

type Call = Pick<Operation, 'path' | 'summary' | 'query' | 'body' | 'bodyOptional'> & {
  readonly status?: number;
  readonly answer: GenericSchema;
  readonly refusals?: readonly ProblemCode[];
};

function get({ path, status = 200, answer, refusals = [], ...rest }: Call): Operation {
  return {
    method: 'get',
    path: `/api/sbp/v1${path}`,
    security: 'apiKey',
    answers: [{ status, body: answer }],
    refusals: [...ANY, ...refusals],
    ...rest,
  };
}

function post({ refusals = [], ...call }: Call): Operation {
  return {
    ...get(call),
    method: 'post',
    headers: KEY_HEADERS,
    refusals: [...ANY_POST, ...refusals],
  };
}

export function merchantOperations(ctx: Context): Operation[] {
  const { paymentSchema, refundSchema, deliverySchema, pageSchema } = answers;
  return [
    post({
      path: '/payments',
      summary: 'Create a payment',
      body: paymentRequestSchema({ config: ctx.config, providers: ctx.providers, now: ctx.now() }),
      status: 201,
      answer: answers.createdPaymentSchema,
      refusals: ['invalid_fields'],
    }),
    get({
      path: '/payments',
      summary: 'List payments, newest first',
      query: paymentListQuery.entries,
      answer: pageSchema(answers.listedPaymentSchema),
      refusals: ['invalid_fields'],
    }),
    get({
      path: '/payments/{payment_id}',
      summary: 'A payment with its history',
      answer: answers.paymentWithEventsSchema,
      refusals: ['payment_not_found'],
    }),
    post({
      path: '/payments/{payment_id}/cancel',
      summary: 'End an unpaid payment',
      body: cancelRequestSchema,
      bodyOptional: true,
      answer: paymentSchema,
      refusals: ['invalid_fields', 'payment_not_found', 'not_cancelable'],
    }),
    post({
      path: '/qrs/{id}/close',
      summary: 'The same by the QR’s id, or by the payment’s',
      body: cancelRequestSchema,
      bodyOptional: true,
      answer: paymentSchema,
      refusals: ['invalid_fields', 'payment_not_found', 'not_cancelable'],
    }),
    post({
      path: '/payments/{payment_id}/attention/{attention_id}/resolve',
      summary: 'Say what was found out about a payment’s money',
      body: resolveRequestSchema,
      answer: answers.resolvedAttentionSchema,
      refusals: ['invalid_fields', 'payment_not_found', 'attention_not_found', 'attention_resolved'],
    }),
    post({
      path: '/refunds',
      summary: 'Give money back',
      body: refundRequestSchema,
      status: 201,
      answer: refundSchema,
      refusals: ['invalid_fields', 'payment_not_found', 'not_paid', 'attention_open'],
    }),
    get({
      path: '/refunds/{refund_id}',
      summary: 'A refund',
      answer: refundSchema,
      refusals: ['refund_not_found'],
    }),
    get({
      path: '/banks',
      summary: 'The bank list',
      query: banksQuery.entries,
      answer: answers.merchantBankListSchema,
      refusals: ['invalid_fields'],
    }),
    get({
      path: '/deliveries',
      summary: 'The log of our webhooks, newest first',
      query: deliveryListQuery.entries,
      answer: pageSchema(deliverySchema),
      refusals: ['invalid_fields'],
    }),
    post({
      path: '/deliveries/{delivery_id}/redeliver',
      summary: 'Send a webhook once more',
      status: 202,
      answer: deliverySchema,
      refusals: ['delivery_not_found', 'delivery_erased'],
    }),
    post({
      path: '/test/webhook',
      summary: 'Send a signed test event',
      body: testRequestSchema(ctx.config),
      status: 202,
      answer: deliverySchema,
      refusals: ['invalid_fields'],
    }),
  ];
}
