import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { bankListSchema, problemSchema, snapshotSchema } from '../../protocol/schemas.ts';
import { PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts';
import type { Context } from '../context.ts';
import { paymentRequestSchema } from '../payments/request-schema.ts';
import * as answers from './merchant/answers.ts';
import { deliveryListQuery, testRequestSchema } from './merchant/deliveries.ts';
import { paymentListQuery } from './merchant/payments.ts';
import { refundRequestSchema } from './merchant/refunds.ts';

interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly security: 'apiKey' | 'paymentToken';
  readonly body?: GenericSchema;
  readonly query?: readonly string[];
  readonly status: number;
  readonly answer: GenericSchema | 'text/event-stream';
  readonly refusals: readonly number[];
}

const MERCHANT = '/api/sbp/v1';
const CHECKOUT = '/checkout/v1';

/** OpenAPI 3.1 out of the schemas that validate the requests and that tests hold the answers to. */
export function openApiDocument(ctx: Context) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations(ctx)) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'sbp-checkout',
      version: '1',
      description:
        'The merchant API (server to server) and the checkout API (the payer’s page). Amounts are integer kopecks.',
    },
    servers: [{ url: ctx.config.publicUrl }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema) },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'SBP_API_KEY' },
        paymentToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The payment’s token. Never in the address.',
        },
      },
    },
  };
}

function operations(ctx: Context): Operation[] {
  const createBody = paymentRequestSchema({ config: ctx.config, providers: ctx.providers, now: ctx.now() });
  const merchant = { security: 'apiKey' as const };
  const checkout = { security: 'paymentToken' as const, status: 200 };
  const { paymentSchema, refundSchema, deliverySchema } = answers;
  return [
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/payments`,
      summary: 'Create a payment',
      body: createBody,
      status: 201,
      answer: answers.createdPaymentSchema,
      refusals: [400, 401, 409, 413, 415, 422, 429],
    },
    {
      ...merchant,
      method: 'get',
      path: `${MERCHANT}/payments`,
      summary: 'List payments, newest first',
      query: Object.keys(paymentListQuery.entries),
      status: 200,
      answer: answers.pageSchema(paymentSchema),
      refusals: [401, 422, 429],
    },
    {
      ...merchant,
      method: 'get',
      path: `${MERCHANT}/payments/{id}`,
      summary: 'A payment with its history',
      status: 200,
      answer: answers.paymentWithEventsSchema,
      refusals: [401, 404, 429],
    },
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/payments/{id}/cancel`,
      summary: 'End an unpaid payment',
      status: 200,
      answer: paymentSchema,
      refusals: [401, 404, 409, 429],
    },
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/qrs/{id}/close`,
      summary: 'The same by the QR’s id',
      status: 200,
      answer: paymentSchema,
      refusals: [401, 404, 409, 429],
    },
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/refunds`,
      summary: 'Give money back',
      body: refundRequestSchema,
      status: 201,
      answer: refundSchema,
      refusals: [400, 401, 404, 409, 422, 429],
    },
    {
      ...merchant,
      method: 'get',
      path: `${MERCHANT}/refunds/{id}`,
      summary: 'A refund',
      status: 200,
      answer: refundSchema,
      refusals: [401, 404, 429],
    },
    {
      ...merchant,
      method: 'get',
      path: `${MERCHANT}/banks`,
      summary: 'The bank list',
      query: ['platform'],
      status: 200,
      answer: answers.merchantBankListSchema,
      refusals: [401, 422, 429],
    },
    {
      ...merchant,
      method: 'get',
      path: `${MERCHANT}/deliveries`,
      summary: 'The log of our webhooks, newest first',
      query: Object.keys(deliveryListQuery.entries),
      status: 200,
      answer: answers.pageSchema(deliverySchema),
      refusals: [401, 422, 429],
    },
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/deliveries/{id}/redeliver`,
      summary: 'Send a webhook once more',
      status: 202,
      answer: deliverySchema,
      refusals: [401, 404, 429],
    },
    {
      ...merchant,
      method: 'post',
      path: `${MERCHANT}/test/webhook`,
      summary: 'Send a signed test event',
      body: testRequestSchema(ctx.config),
      status: 202,
      answer: deliverySchema,
      refusals: [400, 401, 422, 429],
    },
    {
      ...checkout,
      method: 'get',
      path: `${CHECKOUT}/session`,
      summary: 'The snapshot',
      answer: snapshotSchema,
      refusals: [400, 401, 429],
    },
    {
      ...checkout,
      method: 'get',
      path: `${CHECKOUT}/session/events`,
      summary: 'Snapshots as Server-Sent Events',
      answer: 'text/event-stream',
      refusals: [400, 401, 429],
    },
    {
      ...checkout,
      method: 'get',
      path: `${CHECKOUT}/session/banks`,
      summary: 'Bank links, ready to tap',
      answer: bankListSchema,
      refusals: [400, 401, 429],
    },
    {
      ...checkout,
      method: 'post',
      path: `${CHECKOUT}/session/renew`,
      summary: 'A fresh QR after expiry, in place',
      answer: snapshotSchema,
      refusals: [400, 401, 409, 429],
    },
    {
      ...checkout,
      method: 'post',
      path: `${CHECKOUT}/session/cancel`,
      summary: 'The payer gives up',
      answer: snapshotSchema,
      refusals: [400, 401, 409, 429],
    },
  ];
}

function describe(operation: Operation) {
  const { body, query = [], status, answer, refusals } = operation;
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = query.map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
  const inHeader =
    operation.method === 'post' && operation.security === 'apiKey'
      ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 255 } }]
      : [];
  return {
    summary: operation.summary,
    security: [{ [operation.security]: [] }],
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }
      : {}),
    responses: {
      [status]: {
        description: 'Done.',
        content:
          answer === 'text/event-stream'
            ? { 'text/event-stream': { schema: { type: 'string' } } }
            : { 'application/json': { schema: schemaOf(answer) } },
      },
      ...Object.fromEntries(
        refusals.map((refusal) => [
          refusal,
          {
            description: 'Refused; nothing has changed.',
            content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

/** Checks that JSON Schema cannot say (kopecks are exact, times lie ahead) are left to the descriptions. */
function schemaOf(schema: GenericSchema): object {
  return Object.fromEntries(
    Object.entries(toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' })).filter(
      ([key]) => key !== '$schema',
    ),
  );
}
