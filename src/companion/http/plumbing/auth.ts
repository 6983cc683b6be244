import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { PaymentTokens } from '../../payments/model/tokens.ts';
import type { ProblemCode } from './problem-codes.ts';
import { ProblemError } from './problems.ts';

/** Lets the holder of any current API key through. */
export function requireApiKey(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const keyNumber = apiKeyMatcher(apiKeys);
  return (request) => {
    if (keyNumber(request) === null) {
      throw unauthorized('invalid_api_key', `${whatIsWrong(request)} ${HOW}`);
    }
  };
}

const HOW = 'Send the API key as "Authorization: Bearer <SBP_API_KEY>".';

/** Which of the ways to be without a key it was. It tells nothing of the keys: all of it stands in the caller's own request. */
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

/** Which of the keys a request holds: its place in the list, or `null` for none. */
export function apiKeyMatcher(apiKeys: readonly string[]): (request: FastifyRequest) => number | null {
  const digests = apiKeys.map(digest);
  return (request) => {
    // Digests have one length, so comparing them in constant time tells neither a key's length nor its start.
    const given = digest(bearer(request) ?? '');
    const matches = digests.map((accepted) => timingSafeEqual(accepted, given));
    const number = matches.indexOf(true);
    return number === -1 ? null : number;
  };
}

/** The payment that the request's token opens. */
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

/** The same for a forged token and for one whose payment is not there. */
export function invalidToken(): ProblemError {
  return unauthorized('invalid_token', 'The payment token is missing, invalid or out of date.');
}

function unauthorized(code: ProblemCode, detail: string): ProblemError {
  return new ProblemError(code, detail, { headers: { 'www-authenticate': 'Bearer' } });
}

/** What stands behind `Authorization: Bearer`, if it can be a key or token at all. */
export function bearer(request: FastifyRequest): string | null {
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
