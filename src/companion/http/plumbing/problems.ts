import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tokensIn } from '../../../protocol/payment-token.ts';
import { PROBLEM_MEDIA_TYPE, type FieldError, type Problem } from '../../../protocol/problem.ts';
import { StoreBusyError } from '../../store/store-busy.ts';
import type { Context } from '../../payments/context.ts';
import { FOR_ANY_PAGE, type CommonHeaders } from './headers.ts';
import { ANY_REQUEST, PROBLEM_STATUS, RETRY_AFTER_S, type ProblemCode } from './problem-codes.ts';

/** A refusal that the caller gets as RFC 9457 problem+json. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    extra: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.code = code;
    this.errors = extra.errors;
    const retryAfter = RETRY_AFTER_S[code];
    this.headers = {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...extra.headers,
    };
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }
}

/** Returns the 429, with the wait in whole seconds as `Retry-After`. */
export function tooManyRequests(code: ProblemCode, detail: string, waitMs: number): ProblemError {
  return new ProblemError(code, detail, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}

export function invalidFields(errors: readonly FieldError[]): ProblemError {
  const named = errors.map(({ path, message }) => `${path || 'the body'} ${message}`).join('; ');
  return new ProblemError('invalid_fields', `Some fields are not right: ${named}.`, { errors });
}

/** Sends a page to a person's browser. Returns `null` for a program, which gets the problem document. */
type AnswerInWords = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/** Installs the 404. For the companion's own server only: a host server handles unknown addresses itself. */
export function installNotFound(app: FastifyInstance, inWords: AnswerInWords): void {
  app.setNotFoundHandler((request, reply) => {
    // A link with an encoded `#` has sent its token. The page repairs the link; no response may repeat the token.
    const problem = holdsToken(request.url)
      ? tokenInAddress()
      : new ProblemError('not_found', `There is nothing at ${request.method} ${pathOf(request.url)}.`);
    const page = inWords(request, reply.code(problem.status));
    // A shop's page may have requested a part of an earlier build.
    return page ?? sendProblem(reply.headers(FOR_ANY_PAGE), problem);
  });
}

/** Refusals that an operator should see in the log, but that strangers can cause in any number. */
const SAMPLED: readonly ProblemCode[] = [
  'invalid_api_key',
  'invalid_token',
  'rate_limited',
  'too_many_streams',
  'too_many_pushes',
];

/** Returns the API of the request, for the metric: `merchant`, `checkout`, `webhooks` … */
function routesOf(request: FastifyRequest): string {
  const [, first = ''] = (request.routeOptions.url ?? '').split('/');
  return first === 'api' ? 'merchant' : first === '' ? 'none' : first;
}

export function installProblems(
  app: FastifyInstance,
  { sampledLog, metrics }: Pick<Context, 'sampledLog' | 'metrics'>,
): void {
  app.setErrorHandler((error: FastifyError | ProblemError, request, reply) => {
    const problem = error instanceof ProblemError ? error : fromOthers(error, request);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    if (problem.status === 401 || problem.status === 429)
      metrics.requestRefused(routesOf(request), problem.status);
    const { refusals = [] } = request.routeOptions.config;
    if (!refusals.includes(problem.code) && !ANY_REQUEST.includes(problem.code)) {
      request.log.error({ code: problem.code, route: request.routeOptions.url }, 'undeclared problem code');
    }
    if (SAMPLED.includes(problem.code)) {
      const route = `${request.method} ${request.routeOptions.url ?? ''}`;
      sampledLog.warn(`refused ${problem.code}`, { code: problem.code, route }, 'request refused');
    }
    return sendProblem(reply, problem);
  });
}

/** Refuses addresses that cannot be decoded: no route and no hook runs for them. */
export function answerBadUrl(putHeaders: CommonHeaders, inWords: AnswerInWords) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    putHeaders(request, reply);
    const problem = holdsToken(request.url) ? tokenInAddress() : fromFastify(error, request);
    void (inWords(request, reply.code(problem.status)) ?? sendProblem(reply, problem));
  };
}

function sendProblem(reply: FastifyReply, problem: ProblemError): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('cache-control', 'no-store')
    .send(Buffer.from(JSON.stringify(problemBody(problem))));
}

function problemBody(problem: ProblemError): Problem {
  return {
    type: `urn:sbp-checkout:problem:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors ? { errors: problem.errors } : {}),
  };
}

function fromOthers(error: FastifyError | StoreBusyError, request: FastifyRequest): ProblemError {
  if (!(error instanceof StoreBusyError)) return fromFastify(error, request);
  return new ProblemError('store_not_writable', 'The database takes no writes now. Try again.');
}

/** Returns the problem for an error of Fastify. An unexpected error reveals nothing internal. */
function fromFastify(error: FastifyError, request: FastifyRequest): ProblemError {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ProblemError('body_too_large', 'The body is larger than 1 MiB.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ProblemError('unsupported_media_type', mediaTypeFault(request.headers['content-type']));
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new ProblemError('malformed_json', 'The body is empty: leave Content-Type out.');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new ProblemError(
        'malformed_json',
        'The body is not valid JSON, or has a key that no JSON should have, such as __proto__.',
      );
    case 'FST_ERR_BAD_URL':
      return new ProblemError('malformed_request', 'The address is not percent-encoded UTF-8.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ProblemError('address_too_long', 'An id in the address is longer than any of ours.');
    default:
      if (error.statusCode !== undefined && error.statusCode < 500) {
        return new ProblemError('malformed_request', error.message);
      }
      return new ProblemError('internal', 'Internal error. Try again.');
  }
}

function mediaTypeFault(type: string | undefined): string {
  return type === undefined
    ? 'The header Content-Type is missing: send the body as application/json.'
    : `Content-Type is ${JSON.stringify(type.slice(0, 100))}: send the body as application/json.`;
}

function tokenInAddress(): ProblemError {
  return new ProblemError('malformed_request', 'The address holds a payment token. Addresses get logged.');
}

/** True if the address holds a payment token, valid or not. */
function holdsToken(url: string): boolean {
  return tokensIn(url).length > 0;
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!.slice(0, 200);
}
