import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCompanion } from '../../../support/companion.ts';

const SECRETS = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
};

describe('every answer', () => {
  it('carries what keeps browsers from guessing and telling, and an id to find its log lines by', async () => {
    const shop = await startCompanion({
      ...SECRETS,
      NODE_ENV: 'production',
      SBP_BANKS_URL: 'https://127.0.0.1:9/x.json',
    });
    try {
      for (const path of [
        '/healthz',
        '/pay',
        '/docs',
        '/openapi.json',
        '/api/sbp/v1/payments',
        '/checkout/v1/session',
        '/nowhere',
        '/api/sbp/v1/nowhere',
        '/api/sbp/v1/payments/%ff',
        `/api/sbp/v1/payments/${'x'.repeat(200)}`,
      ]) {
        const { headers } = await fetch(shop.url + path);
        assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
        assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
        const policy = headers.get('content-security-policy') ?? '';
        assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
        assert.match(headers.get('strict-transport-security') ?? '', /^max-age=\d{8}/, path);
        assert.match(headers.get('x-request-id') ?? '', /^[\w-]{36}$/, path);
      }
    } finally {
      await shop.stop();
    }
  });

  it('that is a page runs nothing but our own files, and stands in nobody’s frame', async () => {
    const shop = await startCompanion();
    try {
      const { qr_payload } = await shop.createPayment();
      for (const address of [`${shop.url}/pay`, `${shop.url}/docs`, qr_payload]) {
        const { headers } = await fetch(address);
        assert.match(headers.get('content-type') ?? '', /^text\/html/, address);
        assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', address);
        const policy = headers.get('content-security-policy') ?? '';
        for (const directive of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
          assert.ok(policy.includes(directive), `${address}: ${policy}`);
        }
        // Only forms may go to other hosts: to payment systems.
        const others = policy.replace(/form-action [^;]+/, '');
        assert.doesNotMatch(others, /unsafe|\*|https?:|data:/, address);
      }
    } finally {
      await shop.stop();
    }
  });

  it('lets the hosted page post forms to https, and to http only in development', async () => {
    for (const [env, targets] of [
      [{ ...SECRETS, NODE_ENV: 'production', SBP_BANKS_URL: 'https://127.0.0.1:9/x.json' }, 'https:'],
      [{}, 'https: http:'],
    ] as const) {
      const shop = await startCompanion(env);
      try {
        const csp = (await fetch(`${shop.url}/pay`)).headers.get('content-security-policy') ?? '';
        assert.ok(csp.split('; ').includes(`form-action ${targets}`), csp);
      } finally {
        await shop.stop();
      }
    }
  });

  it('keeps the caller’s own id, and makes one in place of a forged log line', async () => {
    const shop = await startCompanion();
    try {
      const idFor = async (id: string) =>
        (await fetch(`${shop.url}/checkout/v1/session`, { headers: { 'x-request-id': id } })).headers.get(
          'x-request-id',
        );
      assert.equal(await idFor('order-17.a'), 'order-17.a');
      assert.notEqual(await idFor('{"level":60}'), '{"level":60}');
      assert.notEqual(await idFor('x'.repeat(65)), 'x'.repeat(65));
      assert.ok(shop.logs().includes('order-17.a'));
    } finally {
      await shop.stop();
    }
  });
});
