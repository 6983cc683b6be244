import * as v from 'valibot';
import type { FieldError } from '../../../protocol/problem.ts';

/** A list passes for an object without fields where schemas look for fields alone. */
export const LIST_FOR_BODY: FieldError = { path: '', message: 'must be an object {…}, not a list […]' };

/** Each issue as the field at fault and what it should be. */
export function toFieldErrors(issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  return issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: messageOf(issue) }));
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.input === undefined) return 'is required';
  return issue.kind === 'schema' && issue.type === 'object' ? 'must be an object' : issue.message;
}
