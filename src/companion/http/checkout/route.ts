import type { FastifyInstance } from 'fastify';
import type { GenericSchema } from 'valibot';
import { snapshotSchema } from '../../../protocol/schemas.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { ProblemCode } from '../plumbing/problem-codes.ts';
import { route, type Call, type Declaration, type QuerySchema } from '../plumbing/route.ts';

/** Refusals of every call with a payment token. */
const ANY: readonly ProblemCode[] = ['token_in_query', 'invalid_token', 'origin_not_allowed', 'rate_limited'];
/** Refusals of every action. A body must be readable, also where none is needed. */
const ANY_ACTION: readonly ProblemCode[] = [
  ...ANY,
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
];

interface Get<Query extends QuerySchema> extends Pick<
  Declaration,
  'summary' | 'headers' | 'responses' | 'serving'
> {
  readonly path: string;
  readonly query?: Query;
  readonly refusals: readonly ProblemCode[];
  readonly handle: (call: Call<string, Query, GenericSchema>) => unknown;
}

/** Registers a GET that takes a payment token. */
export function payerGet<Query extends QuerySchema = QuerySchema>(
  app: FastifyInstance,
  { refusals, ...rest }: Get<Query>,
): void {
  route<string, Query>(app, {
    ...rest,
    method: 'get',
    security: 'paymentToken',
    refusals: [...ANY, ...refusals],
  });
}

interface Action<Body extends GenericSchema> {
  readonly path: string;
  readonly summary: string;
  readonly body?: Body;
  readonly refusals: readonly ProblemCode[];
  /** Does the action and returns the payment after it. */
  readonly act: (call: Call<string, QuerySchema, Body>) => Promise<Payment>;
}

/** Registers an action of the payer: a POST that takes a payment token and returns the new snapshot. */
export function payerAction<Body extends GenericSchema = GenericSchema>(
  app: FastifyInstance,
  respond: (call: Pick<Call<string, QuerySchema, Body>, 'request'>, payment: Payment) => unknown,
  { refusals, act, ...rest }: Action<Body>,
): void {
  route<string, QuerySchema, Body>(app, {
    ...rest,
    method: 'post',
    security: 'paymentToken',
    responses: [{ status: 200, body: snapshotSchema }],
    refusals: [...ANY_ACTION, ...refusals],
    handle: async (call) => respond(call, await act(call)),
  });
}
