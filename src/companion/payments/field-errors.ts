import * as v from 'valibot';
import type { FieldError } from '../../protocol/problem.ts';

/** Each issue as the field at fault and what it should be. */
export function toFieldErrors(issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  return issues.map((issue) => ({
    path: v.getDotPath(issue) ?? '',
    message: issue.input === undefined ? 'is required' : issue.message,
  }));
}
