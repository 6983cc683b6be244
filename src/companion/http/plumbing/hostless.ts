import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problems.ts';

/** Refuses HTTP/1.1 without a Host header. Node's own refusal is empty, and is turned off in timeouts.ts. */
export function refuseHostless(
  { raw }: FastifyRequest,
  _reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  const missing = raw.httpVersion === '1.1' && raw.headers.host === undefined;
  next(missing ? new ProblemError('malformed_request', 'The Host header is missing.') : undefined);
}
