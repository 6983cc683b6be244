import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../../src/companion/config.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PRIVATE = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
const PUBLIC = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const ENV: Readonly<Record<string, string>> = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
  SBP_METHODS: 'sberpay=smart-glocal',
  SBP_PUBLIC_URL: 'https://pay.example.ru',
  SBP_SMART_GLOCAL_URL: 'https://proxy.smart-glocal.com',
  SBP_SMART_GLOCAL_PROJECT: 'our_project',
  SBP_SMART_GLOCAL_PRIVATE_KEY: PRIVATE,
  SBP_SMART_GLOCAL_PUBLIC_KEY: PUBLIC,
};

const settings = (env: Record<string, string> = {}) => loadConfig({ ...ENV, ...env }, tmpdir()).smartGlocal!;

function mistakes(env: Record<string, string>): string {
  try {
    loadConfig({ ...ENV, ...env }, tmpdir());
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.mistakes.join('\n');
  }
  return '';
}

describe('the settings of Smart Glocal', () => {
  it('have their defaults, and an address with or without its path', () => {
    for (const path of ['', '/', '/api/v1', '/api/v1/']) {
      assert.deepEqual(settings({ SBP_SMART_GLOCAL_URL: `https://proxy.smart-glocal.com${path}` }), {
        baseUrl: 'https://proxy.smart-glocal.com/api/v1',
        project: 'our_project',
        privateKey: PRIVATE,
        publicKey: PUBLIC,
        channel: 'mobile_web',
        flow: 'init',
        refundPath: '/session/refund',
        test: false,
      });
    }
    const others = settings({
      SBP_SMART_GLOCAL_CHANNEL: 'web',
      SBP_SMART_GLOCAL_FLOW: 'create',
      SBP_SMART_GLOCAL_REFUND_PATH: '/refund/create',
    });
    assert.deepEqual([others.channel, others.flow, others.refundPath], ['web', 'create', '/refund/create']);
  });

  it('accept keys from files, on one line, and the public one as bare base64', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-keys-'));
    const file = join(directory, 'key.pem');
    writeFileSync(file, `${PRIVATE}\n`);
    assert.equal(
      settings({ SBP_SMART_GLOCAL_PRIVATE_KEY: '', SBP_SMART_GLOCAL_PRIVATE_KEY_FILE: file }).privateKey,
      PRIVATE,
    );
    assert.equal(
      settings({ SBP_SMART_GLOCAL_PRIVATE_KEY: PRIVATE.replaceAll('\n', '\\n') }).privateKey,
      PRIVATE,
    );
    const bare = PUBLIC.replaceAll(/-----[^-]+-----|\n/g, '');
    assert.match(settings({ SBP_SMART_GLOCAL_PUBLIC_KEY: bare }).publicKey, /^-----BEGIN PUBLIC KEY-----\n/);
    rmSync(directory, { recursive: true });
  });

  it('name each mistake, without a secret', () => {
    for (const [name, value] of [
      ['SBP_SMART_GLOCAL_URL', 'http://proxy.smart-glocal.com'],
      ['SBP_SMART_GLOCAL_URL', 'https://169.254.169.254'],
      ['SBP_SMART_GLOCAL_URL', ''],
      ['SBP_SMART_GLOCAL_PROJECT', 'two words'],
      ['SBP_SMART_GLOCAL_PROJECT', ''],
      ['SBP_SMART_GLOCAL_PRIVATE_KEY', ''],
      ['SBP_SMART_GLOCAL_PRIVATE_KEY', 'hunter2'],
      ['SBP_SMART_GLOCAL_PRIVATE_KEY', PUBLIC],
      [
        'SBP_SMART_GLOCAL_PRIVATE_KEY',
        elliptic.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ],
      ['SBP_SMART_GLOCAL_PUBLIC_KEY', ''],
      ['SBP_SMART_GLOCAL_PUBLIC_KEY', 'hunter2'],
      ['SBP_SMART_GLOCAL_PUBLIC_KEY', elliptic.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
      ['SBP_SMART_GLOCAL_CHANNEL', 'desktop'],
      ['SBP_SMART_GLOCAL_FLOW', 'both'],
      ['SBP_SMART_GLOCAL_REFUND_PATH', 'refund'],
      ['SBP_SMART_GLOCAL_REFUND_PATH', '/refund?x=1'],
      ['SBP_SMART_GLOCAL_REFUND_PATH', 'https://elsewhere.example/refund'],
      ['SBP_PUBLIC_URL', 'https://localhost'],
    ] as const) {
      const text = mistakes({ [name]: value });
      assert.match(text, new RegExp(`^${name} `), `${name}=${value}`);
      assert.equal(text.split('\n').length, 1, text);
      assert.ok(!text.includes('hunter2') && !text.includes('BEGIN'));
    }
  });
});
