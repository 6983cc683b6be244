import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { PaymentTokens } from '../../payments/model/tokens.ts';
import type { ProblemCode } from './problem-codes.ts';
import { ProblemError } from './problems.ts';

/** Returns a check that throws 401 unless the request has one of the API keys. */
export function requireApiKey(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const keyNumber = apiKeyMatcher(apiKeys);
  return (request) => {
    if (keyNumber(request) === null) {
      throw unauthorized('invalid_api_key', `${whatIsWrong(request)} ${HOW}`);
    }
  };
}

const HOW = 'Send the API key as "Authorization: Bearer <SBP_API_KEY>".';

/** Returns the reason for a 401. It reveals nothing about the keys: it describes the caller's own request. */
function whatIsWrong({ headers }: FastifyRequest): string {
  const { authorization } = headers;
  if (authorization === undefined || authorization === '') return 'There is no Authorization header.';
  const [scheme, credential] = authorization.split(' ', 2);
  if (scheme?.toLowerCase() !== 'bearer') return 'The Authorization header has another scheme than Bearer.';
  if (credential && PAYMENT_TOKEN.test(credential))
    return 'This is a payment token, which opens one payment to its payer.';
  if (!BEARER.test(authorization)) return 'What stands behind Bearer is no key.';
  return 'This key is not accepted here.';
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;
const PAYMENT_TOKEN = /^pay_[\w-]+\.[\w-]+$/;

/** Returns a function that finds the index of the request's API key in the list; `null` when it is none of them. */
export function apiKeyMatcher(apiKeys: readonly string[]): (request: FastifyRequest) => number | null {
  const digests = apiKeys.map(digest);
  return (request) => {
    // Digests have equal lengths, so the constant-time comparison reveals neither a key's length nor its beginning.
    const given = digest(bearer(request) ?? '');
    const matches = digests.map((accepted) => timingSafeEqual(accepted, given));
    const number = matches.indexOf(true);
    return number === -1 ? null : number;
  };
}

/** Returns the id of the payment that the request's token opens. Throws 401, or 400 for a token in the query. */
export function requireToken(request: FastifyRequest, tokens: PaymentTokens): string {
  const query = request.query as Record<string, unknown>;
  if ('token' in query || 'access_token' in query) {
    throw new ProblemError(
      'token_in_query',
      'Addresses get logged: send the token in the Authorization header.',
    );
  }
  const paymentId = tokens.verify(bearer(request) ?? '');
  if (paymentId === null) throw invalidToken();
  return paymentId;
}

/** Returns the 401 of a forged token and of a token without a payment: a caller cannot tell them apart. */
export function invalidToken(): ProblemError {
  return unauthorized('invalid_token', 'The payment token is missing, invalid or out of date.');
}

function unauthorized(code: ProblemCode, detail: string): ProblemError {
  return new ProblemError(code, detail, { headers: { 'www-authenticate': 'Bearer' } });
}

/** Returns the credential of `Authorization: Bearer`; `null` when there is none, or it can't be a key or token. */
export function bearer(request: FastifyRequest): string | null {
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
