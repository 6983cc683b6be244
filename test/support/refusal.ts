import assert from 'node:assert/strict';
import * as v from 'valibot';
import { problemSchema } from '../../src/protocol/schemas.ts';
import type { Problem } from '../../src/protocol/problem.ts';

/**
 * Checks everything that the API promises about a refusal, and returns its problem. `call`: the name of the call for
 * error messages.
 */
export async function refusalOf(response: Response, call: string): Promise<Problem> {
  // A successful response may be an endless stream.
  if (response.status < 400) {
    await response.body?.cancel();
    assert.fail(`${call} → ${response.status}`);
  }
  const text = await response.text();
  const shown = `${call} → ${response.status} ${text.slice(0, 300)}`;
  assert.equal(response.headers.get('content-type'), 'application/problem+json', shown);
  assert.equal(response.headers.get('cache-control'), 'no-store', shown);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff', shown);
  assert.match(response.headers.get('x-request-id') ?? '', /^[\w.-]{1,64}$/, shown);
  const problem = v.parse(problemSchema, JSON.parse(text));
  assert.equal(problem.status, response.status, shown);
  assert.equal(problem.type, `urn:sbp-checkout:problem:${problem.code}`, shown);
  assert.ok(problem.detail.length > 10 && problem.detail.length < 1_000, shown);
  return problem;
}
