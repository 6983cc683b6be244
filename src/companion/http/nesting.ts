import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problems.ts';

/** Deeper than any order is; shallow enough that reading it recursively is safe. */
const MAX_DEPTH = 64;

/** A few kilobytes of brackets would otherwise end the stack of whatever walks through the body. */
export function refuseDeepBodies(
  request: FastifyRequest,
  _reply: FastifyReply,
  next: (error?: Error) => void,
): void {
  let level = [request.body].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MAX_DEPTH) {
      next(new ProblemError(400, 'nested_too_deep', `The body is nested deeper than ${MAX_DEPTH} levels.`));
      return;
    }
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  next();
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
