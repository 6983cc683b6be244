import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { apiKeyMatcher } from '../../../../src/companion/http/plumbing/auth.ts';
import { signWebhook, verifyWebhook } from '../../../../src/webhooks/webhooks.ts';
import { PaymentTokens } from '../../../../src/companion/payments/model/tokens.ts';

const SECRETS = ['first-secret', 'second-secret', 'third-secret'];

/** Returns the number of constant-time comparisons during `work`. Fails if a comparison is not between digests. */
function comparisons(work: () => unknown): number {
  const real = crypto.timingSafeEqual;
  let count = 0;
  crypto.timingSafeEqual = (a, b) => {
    assert.equal(a.byteLength, 32, 'digests of one length, or the time tells the length');
    count++;
    return real(a, b);
  };
  syncBuiltinESMExports(); // This also replaces the function in named imports.
  try {
    work();
  } finally {
    crypto.timingSafeEqual = real;
    syncBuiltinESMExports();
  }
  return count;
}

describe('secrets are compared in constant time, every one of them, whichever it is', () => {
  it('API keys', () => {
    const numberOf = apiKeyMatcher(SECRETS);
    const asking = (authorization?: string) => ({ headers: { authorization } }) as FastifyRequest;
    const given = [
      'first-secret',
      'third-secret',
      'first-secreT',
      'f',
      'first-secret-and-more',
      'x'.repeat(500),
    ];
    const results = [...given.map((key) => `Bearer ${key}`), undefined].map((header) => {
      let result: number | null = null;
      assert.equal(
        comparisons(() => (result = numberOf(asking(header)))),
        SECRETS.length,
        header,
      );
      return result;
    });
    assert.deepEqual(results, [0, 2, null, null, null, null, null]);
  });

  it('payment tokens', () => {
    const tokens = new PaymentTokens(SECRETS);
    const own = SECRETS.map((secret) => new PaymentTokens([secret]).issue('pay_1'));
    const foreign = new PaymentTokens(['another']).issue('pay_1');
    const otherPayment = `pay_2.${own[0]!.split('.')[1]!}`;
    const results = [...own, foreign, otherPayment].map((token) => {
      let result: string | null = null;
      assert.equal(
        comparisons(() => (result = tokens.verify(token))),
        SECRETS.length,
        token,
      );
      return result;
    });
    assert.deepEqual(results, ['pay_1', 'pay_1', 'pay_1', null, null]);
  });

  it('webhook signatures', () => {
    const body = '{"event":"payment.paid"}';
    const now = Date.now();
    const signed = (secret: string) =>
      signWebhook({ event: 'payment.paid', deliveryId: 'd', body }, secret, now);
    for (const secret of [...SECRETS, 'another']) {
      const { 'x-sbp-signature': header } = signed(secret);
      const doubled = { ...signed(secret), 'x-sbp-signature': `${header},v1=${'0'.repeat(64)}` };
      const verify = () => verifyWebhook({ body, headers: doubled, secrets: SECRETS, now });
      const accepted = SECRETS.includes(secret);
      const judged = () => (accepted ? assert.doesNotThrow(verify) : assert.throws(verify, /does not match/));
      assert.equal(comparisons(judged), 2 * SECRETS.length, secret);
    }
  });
});
