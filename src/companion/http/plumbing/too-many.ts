import type { ProblemCode } from './problem-codes.ts';
import { ProblemError } from './problems.ts';

/** The 429, with the whole seconds after which trying again makes sense. */
export function tooMany(code: ProblemCode, detail: string, waitMs: number): ProblemError {
  return new ProblemError(429, code, detail, {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}
