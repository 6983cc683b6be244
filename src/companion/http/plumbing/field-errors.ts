import * as v from 'valibot';
import type { FieldError } from '../../../protocol/problem.ts';

/** The error for a list in place of an object. The schemas of objects only check fields, so they accept a list. */
export const LIST_FOR_BODY: FieldError = { path: '', message: 'must be an object {…}, not a list […]' };

/** Returns each issue as the path of its field and a message. */
export function toFieldErrors(issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  return issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: messageOf(issue) }));
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.input === undefined) return 'is required';
  return issue.kind === 'schema' && issue.type === 'object' ? 'must be an object' : issue.message;
}
