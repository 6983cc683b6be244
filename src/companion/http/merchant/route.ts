import type { FastifyInstance } from 'fastify';
import type { GenericSchema } from 'valibot';
import { KEY_HEADERS, type IdempotencyKeys, type StoredKey } from '../plumbing/idempotency.ts';
import type { ProblemCode } from '../plumbing/problem-codes.ts';
import { route, type Call, type QuerySchema } from '../plumbing/route.ts';

/** Refusals of every call of the merchant API. */
const ANY: readonly ProblemCode[] = ['invalid_api_key', 'rate_limited'];
/** Refusals of every POST: each reads a body, if there is one, and an `Idempotency-Key`, and writes. */
const ANY_POST: readonly ProblemCode[] = [
  ...ANY,
  'malformed_json',
  'nested_too_deep',
  'body_too_large',
  'unsupported_media_type',
  'invalid_idempotency_key',
  'idempotency_key_in_use',
  'idempotency_key_reused',
  'store_not_writable',
];

interface Get<Path extends string, Query extends QuerySchema> {
  readonly path: Path;
  readonly summary: string;
  readonly query?: Query;
  readonly response: GenericSchema;
  readonly refusals: readonly ProblemCode[];
  readonly handle: (call: Call<Path, Query, GenericSchema>) => unknown;
}

/** Registers a GET of the merchant API. */
export function merchantGet<const Path extends string, Query extends QuerySchema = QuerySchema>(
  app: FastifyInstance,
  { response, refusals, ...rest }: Get<Path, Query>,
): void {
  route<Path, Query>(app, {
    ...rest,
    method: 'get',
    security: 'apiKey',
    responses: [{ status: 200, body: response }],
    refusals: [...ANY, ...refusals],
  });
}

interface Post<Path extends string, Body extends GenericSchema> {
  readonly path: Path;
  readonly summary: string;
  readonly body?: Body;
  readonly bodyOptional?: true;
  readonly status: number;
  readonly response: GenericSchema;
  readonly refusals: readonly ProblemCode[];
  /** Does the call and returns the body of its response. `key` is `null` for a call without an `Idempotency-Key`. */
  readonly begin: (call: Call<Path, QuerySchema, Body>, key: StoredKey | null) => Promise<unknown>;
  /** Finishes a call that a crash interrupted. A call that is simply repeated needs none. */
  readonly resume?: (call: Call<Path, QuerySchema, Body>, resourceId: string) => Promise<unknown>;
}

/** Registers a POST of the merchant API. Every one takes an `Idempotency-Key`. */
export function merchantPost<const Path extends string, Body extends GenericSchema = GenericSchema>(
  app: FastifyInstance,
  keys: IdempotencyKeys,
  { status, response, refusals, begin, resume, ...rest }: Post<Path, Body>,
): void {
  route<Path, QuerySchema, Body>(app, {
    ...rest,
    method: 'post',
    security: 'apiKey',
    headers: KEY_HEADERS,
    responses: [{ status, body: response }],
    refusals: [...ANY_POST, ...refusals],
    async handle(call) {
      const stored = await keys.run(call.request, call.reply, {
        begin: async (key) => ({ status, body: await begin(call, key) }),
        ...(resume
          ? { resume: async (resourceId: string) => ({ status, body: await resume(call, resourceId) }) }
          : {}),
      });
      return call.reply.code(stored.status).send(stored.body);
    },
  });
}
