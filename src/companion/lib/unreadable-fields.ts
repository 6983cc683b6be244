import * as v from 'valibot';

const MAX_FIELDS = 5;
const MAX_CHARS = 300;

/**
 * Returns which fields of a response have the wrong type, for the operator's log: `transaction.amount: not number but
 * string`. Values are left out: they may be personal data.
 */
export function unreadableFields(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .slice(0, MAX_FIELDS)
    .map((issue) => fieldOf(issue))
    .join('; ')
    .slice(0, MAX_CHARS);
}

/** In a union, uses the alternative that matched furthest. Its path begins at the union. */
function fieldOf(issue: v.BaseIssue<unknown>, outer: string[] = []): string {
  const path = [...outer, v.getDotPath(issue) ?? []].flat();
  const [furthest] = (issue.issues ?? []).toSorted((one, other) => depthOf(other) - depthOf(one));
  if (furthest && depthOf(furthest) > 0) return fieldOf(furthest, path);
  return `${path.join('.') || 'the answer'}: ${faultOf(issue)}`;
}

function depthOf(issue: v.BaseIssue<unknown>): number {
  return issue.path?.length ?? 0;
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  if (issue.input === undefined) return 'missing';
  const expected = issue.kind === 'schema' ? (issue.expected ?? issue.type) : issue.type;
  return `not ${expected} but ${typeName(issue.input)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
