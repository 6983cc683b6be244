import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  PROBLEM_STATUS,
  RETRY_AFTER_S,
  type ProblemCode,
} from '../../../../../src/companion/http/plumbing/problem-codes.ts';
import { documentedProblems } from '../../../../support/api-doc.ts';
import { startCompanion } from '../../../../support/companion.ts';
import { changedRows, dumpDatabase } from '../../../../support/database-dump.ts';
import { DISK_WORDS, illCompanion } from '../../../../support/ill-store.ts';
import { refusalOf } from '../../../../support/refusal.ts';
import { PROVOCATIONS } from './provocations.ts';
import { ApiFixture } from '../../../../support/api-fixture.ts';

let stage: ApiFixture;
before(async () => {
  stage = await ApiFixture.start();
});
after(() => stage.stop());

/** What no operation lists: it is refused before any is reached, or is not of the API. */
const OUTSIDE: Partial<Record<ProblemCode, (t: TestContext) => Promise<Response>>> = {
  malformed_request: () => fetch(`${stage.shop.url}/api/sbp/v1/payments/%E0%A4%A`),
  not_found: () => fetch(`${stage.shop.url}/api/sbp/v2/payments`),
  address_too_long: () => fetch(`${stage.shop.url}/api/sbp/v1/payments/${'x'.repeat(101)}`),
  unknown_action: () => stage.shop.sandbox(stage.open.payment_id, 'steal'),
  not_possible_now: () => stage.shop.sandbox(stage.paid.payment_id, 'decline'),

  async webhook_not_taken(t) {
    const deaf = await startCompanion({ SBP_WEBHOOK_ADDRESSES: 'sandbox=10.0.0.1' });
    t.after(() => deaf.stop());
    return deaf.sandbox((await deaf.createPayment()).payment_id, 'pay');
  },

  async internal(t) {
    const { shop, fail, stop } = await illCompanion();
    t.after(stop);
    fail();
    const response = await shop.api('/payments', { json: { order_id: 'A', amount: 5 } });
    assert.equal((await response.clone().text()).includes(DISK_WORDS), false);
    return response;
  },
};

/** Provoked where what they take is at hand. */
const ELSEWHERE: Partial<Record<ProblemCode, string>> = {
  not_refundable: 'payments/reports/webhook-trust.test.ts',
  not_confirmed: 'payments/reports/webhook-trust.test.ts',
  request_timeout: 'http/plumbing/idle-sockets.test.ts',
  headers_too_large: 'http/plumbing/timeouts.test.ts',
  body_already_parsed: 'http/plumbing/mounting.test.ts',
};

interface Listed {
  readonly operation: string;
  readonly code: ProblemCode;
}

/** Each code of each operation, as `/openapi.json` lists them. */
async function listedRefusals(): Promise<Listed[]> {
  const { paths } = (await (await fetch(`${stage.shop.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .flatMap(([, { description }]) => [...description.matchAll(/`(\w+)`/g)])
        .map(([, code]) => ({ operation: `${method} ${path}`, code: code as ProblemCode })),
    ),
  );
}

describe('problem codes', () => {
  it('are documented, all of them and no others, with their statuses', () => {
    assert.deepEqual(Object.fromEntries(documentedProblems), PROBLEM_STATUS);
  });

  it('are all provoked for real, here or where it is said', () => {
    const here = [...Object.keys(PROVOCATIONS), ...Object.keys(OUTSIDE)];
    assert.deepEqual([...here, ...Object.keys(ELSEWHERE)].sort(), Object.keys(PROBLEM_STATUS).sort());
    for (const [code, file] of Object.entries(ELSEWHERE)) {
      const source = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
      assert.ok(source.includes(code), `${file} provokes ${code}`);
    }
  });

  it('are answered by every operation that lists them, and change nothing', async (t) => {
    const listed = await listedRefusals();
    assert.ok(listed.length > 100, `${listed.length} listed`);
    const { databaseFile } = stage.shop;
    for (const { operation, code } of listed) {
      const trigger = await PROVOCATIONS[code]!(stage, operation, t);
      await stage.settle();
      const stored = dumpDatabase(databaseFile);
      const response = await trigger();
      const problem = await refusalOf(response, `${operation} for ${code}`);
      assert.deepEqual([problem.code, response.status], [code, PROBLEM_STATUS[code]], operation);
      const served = code === 'idempotency_key_in_use';
      const changed = served ? [] : changedRows(stored, dumpDatabase(databaseFile));
      assert.deepEqual(changed, [], `${operation} for ${code}`);
      const waits = response.status === 429 || RETRY_AFTER_S[code] !== undefined;
      const retryAfter = response.headers.get('retry-after') ?? '';
      assert.equal(/^[1-9]\d*$/.test(retryAfter), waits, `${operation} for ${code}: ${retryAfter}`);
    }
  });

  for (const [code, provoke] of Object.entries(OUTSIDE)) {
    it(`${code} is answered outside of the operations`, async (t) => {
      const response = await provoke(t);
      const problem = await refusalOf(response, code);
      assert.deepEqual([problem.code, response.status], [code, PROBLEM_STATUS[code as ProblemCode]]);
    });
  }
});
