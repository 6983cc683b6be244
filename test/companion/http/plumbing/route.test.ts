import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import * as v from 'valibot';
import { installProblems, ProblemError } from '../../../../src/companion/http/plumbing/problems.ts';
import type { ProblemCode } from '../../../../src/companion/http/plumbing/problem-codes.ts';
import { collectOperations, route } from '../../../../src/companion/http/plumbing/route.ts';

const silent = { warn: () => undefined, requestRefused: () => undefined } as never;

/** Creates an application whose route throws the requested problem code. */
function createApp() {
  const lines: string[] = [];
  const loggerInstance: FastifyBaseLogger = pino({}, { write: (line: string) => void lines.push(line) });
  const app = Fastify({ loggerInstance });
  installProblems(app, { sampledLog: silent, metrics: silent });
  const operations = collectOperations(app);
  route(app, {
    method: 'get',
    path: '/shops/{shop_id}',
    summary: 'A shop',
    security: 'none',
    query: v.object({ code: v.string() }),
    responses: [{ status: 200, body: v.string() }],
    refusals: ['payment_not_found', 'invalid_fields'],
    handle({ params, readQuery }) {
      throw new ProblemError(readQuery().code as ProblemCode, `thrown by ${params.shop_id}`);
    },
  });
  app.get('/undeclared', () => {
    throw new ProblemError('payment_not_found', 'thrown without a declaration');
  });
  const undeclared = () => lines.filter((line) => line.includes('"undeclared problem code"'));
  return { app, operations, undeclared };
}

describe('route', () => {
  it('serves the path with its parameters and its query', async () => {
    const { app } = createApp();
    const response = await app.inject('/shops/17?code=payment_not_found');
    assert.equal(response.statusCode, 404);
    assert.equal(response.json<{ detail: string }>().detail, 'thrown by 17');
    assert.equal((await app.inject('/shops/17')).statusCode, 422);
  });

  it('logs an error for a problem code that the route has not declared', async () => {
    const { app, undeclared } = createApp();
    await app.inject('/shops/17?code=payment_not_found');
    await app.inject('/shops/17?code=internal');
    assert.deepEqual(undeclared(), []);
    await app.inject('/shops/17?code=not_paid');
    assert.match(undeclared()[0]!, /"code":"not_paid","route":"\/shops\/:shop_id"/);
    await app.inject('/undeclared');
    assert.equal(undeclared().length, 2);
  });

  it('lists each declared route once, with the prefix of its scope', async () => {
    const { app, operations } = createApp();
    await app.register(
      (scope, _options, done) => {
        route(scope, {
          method: 'post',
          path: '/{name}',
          summary: 'Under two addresses',
          security: 'none',
          responses: [{ status: 200, body: null }],
          refusals: [],
          serving: { trailingSlash: true },
          handle: () => '',
        });
        done();
      },
      { prefix: '/hooks' },
    );
    assert.deepEqual(
      operations().map(({ fullPath }) => fullPath),
      ['/shops/{shop_id}', '/hooks/{name}'],
    );
    assert.equal((await app.inject({ method: 'POST', url: '/hooks/a/' })).statusCode, 200);
  });
});
