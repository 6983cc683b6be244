import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { proxiedAddresses, startWarnings } from '../../../src/companion/cli/start-warnings.ts';
import { loadConfig } from '../../../src/companion/config.ts';

const proxies = ['10.0.0.1'];
const warningsOf = (config: Omit<Parameters<typeof startWarnings>[0], 'callbackProxy'>) =>
  startWarnings({ callbackProxy: false, ...config });

describe('the warnings at start', () => {
  it('name the proxy setting where https is ended by somebody else', () => {
    for (const development of [true, false]) {
      const https = { development, publicUrl: 'https://pay.example.ru' };
      assert.match(warningsOf({ ...https, trustedProxies: [] }).join(), /SBP_TRUSTED_PROXIES/);
      assert.deepEqual(warningsOf({ ...https, trustedProxies: proxies }), []);
    }
  });

  it('name plain http outside of development', () => {
    const http = { publicUrl: 'http://pay.example.ru', trustedProxies: [] };
    assert.match(warningsOf({ ...http, development: false }).join(), /^SBP_PUBLIC_URL is plain http/);
    assert.deepEqual(warningsOf({ ...http, development: true }), []);
  });

  it('say that the proxy guards callbacks now', () => {
    const quiet = { development: true, publicUrl: 'http://localhost', trustedProxies: [] };
    assert.match(startWarnings({ ...quiet, callbackProxy: true }).join(), /^SBP_CALLBACK_PROXY is on/);
  });
});

describe('the note on proxies at start', () => {
  const load = (env: Record<string, string>) =>
    loadConfig({ NODE_ENV: 'development', ...env }, mkdtempSync(join(tmpdir(), 'sbp-note-')));

  it('names what is called through which, without the password', () => {
    const note = proxiedAddresses(
      load({
        HTTPS_PROXY: 'http://me:hunter2@proxy.example:3128',
        NO_PROXY: 'confirm.example',
        SBP_CONFIRM_URL: 'https://confirm.example/ok',
      }),
    );
    assert.deepEqual(note, { SBP_BANKS_URL: 'http://proxy.example:3128' });
  });

  it('is none without a proxy', () => {
    assert.equal(proxiedAddresses(load({})), null);
  });
});
