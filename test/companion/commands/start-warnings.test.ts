import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startWarnings } from '../../../src/companion/commands/start-warnings.ts';

const proxies = ['10.0.0.1'];

describe('the warnings at start', () => {
  it('name the proxy setting where https is ended by somebody else', () => {
    for (const development of [true, false]) {
      const https = { development, publicUrl: 'https://pay.example.ru' };
      assert.match(startWarnings({ ...https, trustedProxies: [] }).join(), /SBP_TRUSTED_PROXIES/);
      assert.deepEqual(startWarnings({ ...https, trustedProxies: proxies }), []);
    }
  });

  it('name plain http outside of development', () => {
    const http = { publicUrl: 'http://pay.example.ru', trustedProxies: [] };
    assert.match(startWarnings({ ...http, development: false }).join(), /^SBP_PUBLIC_URL is plain http/);
    assert.deepEqual(startWarnings({ ...http, development: true }), []);
  });
});
