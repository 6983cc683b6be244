import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  ANY_REQUEST,
  PROBLEM_STATUS,
  RETRY_AFTER_S,
  type ProblemCode,
} from '../../../../../src/companion/http/plumbing/problem-codes.ts';
import { documentedProblems } from '../../../../support/api-doc.ts';
import { changedRows, dumpDatabase } from '../../../../support/database-dump.ts';
import { DISK_WORDS, illCompanion } from '../../../../support/ill-store.ts';
import { mountable, serve } from '../../../../support/mounted.ts';
import { asResponse } from '../../../../support/raw-client.ts';
import { RawSocket } from '../../../../support/raw-socket.ts';
import { refusalOf } from '../../../../support/refusal.ts';
import { PROVOCATIONS } from './provocations.ts';
import { ApiFixture } from '../../../../support/api-fixture.ts';

let stage: ApiFixture;
before(async () => {
  stage = await ApiFixture.start();
});
after(() => stage.stop());

/** The calls that provoke the codes of any request. */
const ANY: Partial<Record<ProblemCode, (t: TestContext) => Promise<Response>>> = {
  malformed_request: () => fetch(`${stage.shop.url}/api/sbp/v1/payments/%E0%A4%A`),
  not_found: () => fetch(`${stage.shop.url}/api/sbp/v2/payments`),
  address_too_long: () => fetch(`${stage.shop.url}/api/sbp/v1/payments/${'x'.repeat(101)}`),
  headers_too_large: () => bySocket(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(17_000)}\r\n\r\n`),
  request_timeout: () => bySocket('GET / HTTP/1.1\r\n'),

  async internal(t) {
    const { shop, fail, stop } = await illCompanion();
    t.after(stop);
    fail();
    const response = await shop.api('/payments', { json: { order_id: 'A', amount: 5 } });
    assert.equal((await response.clone().text()).includes(DISK_WORDS), false);
    return response;
  },

  async body_already_parsed(t) {
    const { companion, port } = await mountable(t);
    await serve(t, port, (request, response) => {
      Object.assign(request, { body: { parsed: true } });
      companion.handler(request, response);
    });
    return fetch(`http://127.0.0.1:${port}/webhooks/sandbox`, { method: 'POST', body: '{}' });
  },
};

/** Codes of requests that never became valid: the response has no `X-Request-Id`. */
const ON_CONNECTION = ['headers_too_large', 'request_timeout'];

async function bySocket(text: string): Promise<Response> {
  const socket = await RawSocket.open(stage.shop.url);
  socket.send(text);
  await socket.closed(30_000);
  const [head = '', body = ''] = socket.received.split('\r\n\r\n');
  return asResponse({ head, body });
}

interface Listed {
  readonly operation: string;
  readonly code: ProblemCode;
}

/** Returns each code of each operation in `/openapi.json`. */
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

  it('are all listed: by an operation, or as one that any request can get', async () => {
    const listed = (await listedRefusals()).map(({ code }) => code);
    assert.deepEqual([...new Set([...listed, ...ANY_REQUEST])].sort(), Object.keys(PROBLEM_STATUS).sort());
    assert.deepEqual(
      listed.filter((code) => ANY_REQUEST.includes(code)),
      [],
    );
  });

  it('are all provoked', () => {
    assert.deepEqual(Object.keys(ANY).sort(), [...ANY_REQUEST].sort());
    const provoked = [...Object.keys(PROVOCATIONS), ...Object.keys(ANY)];
    assert.deepEqual(provoked.sort(), Object.keys(PROBLEM_STATUS).sort());
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

  for (const [code, provoke] of Object.entries(ANY)) {
    it(`${code} is answered`, async (t) => {
      const response = await provoke(t);
      if (ON_CONNECTION.includes(code)) response.headers.set('x-request-id', 'none');
      const problem = await refusalOf(response, code);
      assert.deepEqual([problem.code, response.status], [code, PROBLEM_STATUS[code as ProblemCode]]);
    });
  }
});
