import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problems.ts';

/** As HTTP/1.1 wants it. Node's own refusal says nothing, so it is turned off in time-limits.ts. */
export function refuseHostless(
  { raw }: FastifyRequest,
  _reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  const missing = raw.httpVersion === '1.1' && raw.headers.host === undefined;
  next(missing ? new ProblemError('malformed_request', 'The Host header is missing.') : undefined);
}
