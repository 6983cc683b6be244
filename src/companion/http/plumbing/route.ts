import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type * as v from 'valibot';
import type { ProblemCode } from './problem-codes.ts';
import { withTrailingSlash } from './trailing-slash.ts';
import { parseInput, parseQuery } from './validate.ts';

/** The declaration of one route. Fastify serves it, and the OpenAPI document is made from it. */
export interface Declaration {
  readonly method: 'get' | 'post';
  /** Below the prefix of the scope, with parameters in braces: `/payments/{payment_id}`. */
  readonly path: string;
  readonly summary: string;
  readonly security: 'apiKey' | 'paymentToken' | 'none';
  readonly query?: QuerySchema;
  readonly body?: v.GenericSchema;
  /** True if the body may be left out: the route then reads `{}`. */
  readonly bodyOptional?: true;
  /** Request headers that mean something to the route. */
  readonly headers?: readonly HeaderName[];
  readonly responses: readonly ResponseDeclaration[];
  /** Every problem code of the route, except those that any request can get. */
  readonly refusals: readonly ProblemCode[];
  /** How Fastify serves the route; not a part of the document. */
  readonly serving?: {
    readonly exposeHeadRoute?: boolean;
    /** True if the path with a slash at its end is the same route. */
    readonly trailingSlash?: true;
    /** See `FastifyContextConfig.limited`. */
    readonly limited?: false;
  };
}

export interface ResponseDeclaration {
  readonly status: number;
  /** A schema for JSON, the media type of anything else, `null` for no body. */
  readonly body: v.GenericSchema | 'text/event-stream' | 'text/plain' | 'image/*' | null;
}

export type QuerySchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** One call of a route, with readers for what the route has declared. */
export interface Call<Path extends string, Query extends QuerySchema, Body extends v.GenericSchema> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly params: Readonly<Record<ParamName<Path>, string>>;
  /** Throws 422 `invalid_fields`. */
  readonly readQuery: () => v.InferOutput<Query>;
  /** Throws 422 `invalid_fields`. */
  readonly readBody: () => v.InferOutput<Body>;
}

type ParamName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

export type Route<
  Path extends string,
  Query extends QuerySchema,
  Body extends v.GenericSchema,
> = Declaration & {
  readonly path: Path;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (call: Call<Path, Query, Body>) => unknown;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by {@link route}. */
    declaration?: Declaration;
    /** Problem codes of the route. A code that is not listed is logged as an error, and fails the tests. */
    refusals?: readonly ProblemCode[];
  }
}

/** Registers a route with its declaration. */
export function route<
  const Path extends string,
  Query extends QuerySchema = QuerySchema,
  Body extends v.GenericSchema = v.GenericSchema,
>(app: FastifyInstance, { handle, ...declaration }: Route<Path, Query, Body>): void {
  const { method, path, query, body, bodyOptional, refusals, serving = {} } = declaration;
  const { exposeHeadRoute, trailingSlash, limited } = serving;
  const url = path.replace(/\{(\w+)\}/g, ':$1');
  for (const each of trailingSlash ? withTrailingSlash(app, url) : [url]) {
    app.route({
      method,
      url: each,
      ...(exposeHeadRoute === undefined ? {} : { exposeHeadRoute }),
      config: { declaration, refusals, ...(limited === undefined ? {} : { limited }) },
      handler: (request, reply) =>
        handle({
          request,
          reply,
          params: request.params as Readonly<Record<ParamName<Path>, string>>,
          readQuery: () => parseQuery(query!, request.query),
          readBody: () => parseInput(body!, bodyOptional ? (request.body ?? {}) : request.body),
        }),
    });
  }
}

/** A declared route with the path under which it is served. */
export interface Operation {
  readonly fullPath: string;
  readonly declaration: Declaration;
}

/**
 * Returns the declared routes of `app`, in the order of their registration. The list fills up as later scopes register
 * theirs. A route that is served under two addresses, or also by HEAD, is listed once.
 */
export function collectOperations(app: FastifyInstance): () => readonly Operation[] {
  const { prefix } = app;
  const operations = new Map<Declaration, Operation>();
  app.addHook('onRoute', ({ url, config }) => {
    const declaration = config?.declaration;
    if (!declaration || operations.has(declaration)) return;
    const fullPath = url.slice(prefix.length).replace(/:(\w+)/g, '{$1}');
    operations.set(declaration, { fullPath, declaration });
  });
  return () => [...operations.values()];
}

const KEY = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' } as const;

/** The request headers that a route can declare, as the document describes them. */
export const HEADERS = {
  'Idempotency-Key': {
    description:
      'A repeat of this call (route, parameters and body) under the same key gets the same answer.',
    schema: KEY,
  },
  'X-Idempotency-Key': { description: 'Another spelling of Idempotency-Key: send one of them.', schema: KEY },
  'Idempotence-Key': { description: 'Another spelling of Idempotency-Key: send one of them.', schema: KEY },
  'Last-Event-ID': {
    description: 'The newest version that the page has: only newer ones are sent.',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
  },
} as const;

export type HeaderName = keyof typeof HEADERS;
