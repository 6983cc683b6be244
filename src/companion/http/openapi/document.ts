import { problemSchema } from '../../../protocol/schemas.ts';
import { PROBLEM_MEDIA_TYPE } from '../../../protocol/problem.ts';
import type { Context } from '../../payments/context.ts';
import { ANY_REQUEST, PROBLEM_STATUS, RETRY_AFTER_S, type ProblemCode } from '../plumbing/problem-codes.ts';
import { HEADERS, type Operation, type ResponseDeclaration } from '../plumbing/route.ts';
import { jsonSchema, querySchema } from './json-schema.ts';

const DESCRIPTION =
  'The merchant API (server to server) and the checkout API (the payer’s page). Amounts are integer kopecks. ' +
  `Beside the refusals that its operation lists, any request can get ${ANY_REQUEST.map((code) => `\`${code}\` (${PROBLEM_STATUS[code]})`).join(', ')}.`;

/** Returns the OpenAPI 3.1 document of the declared routes. */
export function openApiDocument(ctx: Pick<Context, 'config'>, operations: readonly Operation[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    (paths[operation.fullPath] ??= {})[operation.declaration.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'sbp-checkout', version: '1', description: DESCRIPTION },
    servers: [{ url: ctx.config.publicUrl }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema) },
      parameters: Object.fromEntries(
        Object.entries(HEADERS).map(([name, header]) => [name, { name, in: 'header', ...header }]),
      ),
      headers: {
        'Idempotency-Replayed': { description: 'The answer of an earlier call.', schema: { const: 'true' } },
        'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
        'X-Request-Id': {
          description: 'Under which the request is logged: the caller’s own, if it is a sane one.',
          schema: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
        },
      },
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

function describe({ fullPath, declaration }: Operation) {
  const { summary, security, query, headers = [], body, bodyOptional, responses, refusals } = declaration;
  const inPath = [...fullPath.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 100 },
  }));
  const inQuery = Object.entries(query?.entries ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: querySchema(schema),
  }));
  const statuses = [...new Set(refusals.map((code) => PROBLEM_STATUS[code]))];
  const replayable = headers.includes('Idempotency-Key');
  return {
    summary,
    security: security === 'none' ? [] : [{ [security]: [] }],
    parameters: [...inPath, ...inQuery, ...headers.map((name) => reference('parameters', name))],
    ...(body
      ? {
          requestBody: {
            required: bodyOptional !== true,
            content: { 'application/json': { schema: jsonSchema(body) } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(responses.map((response) => [response.status, done(response, replayable)])),
      ...Object.fromEntries(statuses.map((status) => [status, refused(status, refusals)])),
    },
  };
}

function done({ body }: ResponseDeclaration, replayable: boolean) {
  const headers = headersOf('X-Request-Id', ...(replayable ? ['Idempotency-Replayed'] : []));
  if (body === null) return { description: 'Done.', headers };
  const content =
    typeof body === 'string'
      ? { [body]: { schema: { type: 'string' } } }
      : { 'application/json': { schema: jsonSchema(body) } };
  return { description: 'Done.', headers, content };
}

/** Returns a refusal for the document. The description lists the codes: they share one status and one schema. */
function refused(status: number, refusals: readonly ProblemCode[]) {
  const codes = refusals.filter((code) => PROBLEM_STATUS[code] === status);
  const waits = status === 429 || codes.some((code) => RETRY_AFTER_S[code] !== undefined);
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: headersOf('X-Request-Id', ...(waits ? ['Retry-After'] : [])),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: reference('schemas', 'Problem') } },
  };
}

function headersOf(...names: string[]) {
  return Object.fromEntries(names.map((name) => [name, reference('headers', name)]));
}

function reference(kind: 'schemas' | 'parameters' | 'headers', name: string) {
  return { $ref: `#/components/${kind}/${name}` };
}
