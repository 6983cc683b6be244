import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { failureReason } from '../../../src/companion/outbound/failure-reason.ts';
import { freePort } from '../../support/companion.ts';

async function failing(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
}

describe('failureReason', () => {
  it('reads the cause of "fetch failed"', async () => {
    const error = await failing(fetch(`http://127.0.0.1:${await freePort()}/`));
    assert.match(String(error), /fetch failed/);
    assert.match(failureReason(error), /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('reads the errors of each address of a name', async () => {
    const port = await freePort();
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ];
    const socket = connect({
      host: 'two.example',
      port,
      lookup: (_host, _options, done) => done(null, addresses),
    });
    const error = await new Promise((resolve) => socket.once('error', resolve));
    assert.ok(error instanceof AggregateError);
    assert.equal(error.message, '');
    assert.match(failureReason(error), /ECONNREFUSED 127\.0\.0\.1/);
  });

  it('adds the code if the message does not contain it', () => {
    const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
    assert.equal(
      failureReason(new TypeError('fetch failed', { cause })),
      'certificate has expired (CERT_HAS_EXPIRED)',
    );
  });

  it('is one line of limited length for any error', () => {
    assert.equal(failureReason('a word'), 'a word');
    assert.equal(failureReason(new Error('two\r\nlines')), 'two lines');
    assert.ok(failureReason(new Error('x'.repeat(10_000))).length <= 300);
    const circular = new Error('round');
    circular.cause = circular;
    assert.equal(failureReason(circular), 'round');
  });
});
