import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../src/companion/config.ts';
import { DEVELOPMENT_SECRETS_FILE } from '../../src/companion/env/development-secrets.ts';

const SECRETS = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
};

/** A companion with the sandbox, outside development. */
const SANDBOX = { ...SECRETS, SBP_METHODS: 'sbp=sandbox', SBP_SANDBOX: 'allow' };

function mistakes(env: Record<string, string>): string {
  try {
    loadConfig(env, tmpdir());
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.mistakes.join('\n');
  }
  return '';
}

describe('loadConfig', () => {
  it('has defaults for all but the secrets and the methods', () => {
    const config = loadConfig(SANDBOX, '/srv');
    assert.equal(config.port, 8787);
    assert.equal(config.publicUrl, 'http://localhost:8787');
    assert.equal(config.databaseFile, '/srv/data/sbp-checkout.sqlite');
    assert.equal(config.development, false);
  });

  it('names every mistake at once', () => {
    const text = mistakes({
      SBP_PORT: '99999',
      SBP_PUBLIC_URL: 'pay.example.ru',
      SBP_ALLOWED_ORIGINS: 'https://shop.example/path,nonsense',
      SBP_DATABASE_URL: 'mysql://user:hunter2@host/db',
      SBP_BANKS_URL: 'http://plain.example/list.json',
      SBP_LOG_LEVEL: 'loud',
      SBP_METHODS: 'sbp=nobody,cash',
      SBP_SANDBOX_LINK: 'other',
      SBP_RATE_LIMIT: 'many',
      SBP_STREAM_LIMIT: '-1',
      SBP_TRUSTED_PROXIES: '10.0.0.0/40,proxy.local',
      SBP_WEBHOOK_ADDRESSES: 'sandbox=localhost,other=127.0.0.1',
      SBP_API_KEY: 'changeme',
      SBP_TOKEN_SECRET: 'short',
    });
    for (const name of [
      'SBP_PORT',
      'SBP_PUBLIC_URL',
      'SBP_ALLOWED_ORIGINS',
      'SBP_DATABASE_URL',
      'SBP_BANKS_URL',
      'SBP_LOG_LEVEL',
      'SBP_METHODS: "nobody"',
      'SBP_METHODS: "cash"',
      'SBP_SANDBOX_LINK',
      'SBP_RATE_LIMIT',
      'SBP_STREAM_LIMIT',
      'SBP_TRUSTED_PROXIES: "10.0.0.0/40"',
      'SBP_TRUSTED_PROXIES: "proxy.local"',
      'SBP_WEBHOOK_ADDRESSES: "localhost"',
      'SBP_WEBHOOK_ADDRESSES: "other"',
      'SBP_API_KEY is a well-known default',
      'SBP_TOKEN_SECRET is too short',
      'SBP_WEBHOOK_SECRET is required',
    ]) {
      assert.ok(text.includes(name), `${name} is not named in:\n${text}`);
    }
    assert.equal(text.includes('hunter2'), false, 'a password of the database address is shown');
    assert.equal(text.includes('changeme'), false, 'a secret is shown');
  });

  it('generates secrets in development only, and finds them again', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-config-'));
    const env = { NODE_ENV: 'development', SBP_DATABASE_URL: `file:${directory}/x.sqlite` };
    const first = loadConfig(env);
    assert.ok(first.tokenSecrets[0]!.length >= 32);
    assert.deepEqual(loadConfig(env), first);
    const file = join(directory, DEVELOPMENT_SECRETS_FILE);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(readFileSync(file, 'utf8').includes(first.apiKeys[0]!));
    assert.match(
      mistakes({}),
      /SBP_API_KEY is required[^]*SBP_TOKEN_SECRET is required[^]*SBP_WEBHOOK_SECRET is required/,
    );
  });

  it('reads secrets from files, several for rotation', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sbp-config-')), 'key');
    writeFileSync(file, `${'n'.repeat(32)}, ${'o'.repeat(32)}\n`);
    const { SBP_TOKEN_SECRET, SBP_WEBHOOK_SECRET } = SECRETS;
    const others = { ...SANDBOX, SBP_TOKEN_SECRET, SBP_WEBHOOK_SECRET, SBP_API_KEY: '' };
    assert.deepEqual(loadConfig({ ...others, SBP_API_KEY_FILE: file }).apiKeys, [
      'n'.repeat(32),
      'o'.repeat(32),
    ]);
    assert.match(
      mistakes({ ...others, SBP_API_KEY_FILE: '/nowhere/key' }),
      /^SBP_API_KEY_FILE cannot be read.*$/,
    );
    assert.match(mistakes({ ...SECRETS, SBP_API_KEY_FILE: file }), /keep one/);
  });

  describe('for the bank list', () => {
    const widget = (url: string, client?: string) => ({
      ...SANDBOX,
      SBP_BANKS_URL: url,
      ...(client === undefined ? {} : { SBP_BANKS_CLIENT: client }),
    });

    it('takes a list of schemes from any address, NSPK’s own unless given', () => {
      const list = loadConfig(SANDBOX).bankList;
      assert.equal(list.kind, 'file');
      assert.equal(list.url, 'https://qr.nspk.ru/proxyapp/c2bmembers.json');
      const own = loadConfig(widget('https://a.example/v2/list.json')).bankList;
      assert.deepEqual([own.kind, own.url], ['file', 'https://a.example/v2/list.json']);
    });

    it('knows the widget API by its version, and asks for the client that it demands', () => {
      const first = loadConfig(widget('https://widget.cbrpay.ru/v1/', 'Romashka & Co')).bankList;
      assert.deepEqual(first, {
        ...{ kind: 'widget', url: 'https://widget.cbrpay.ru/v1', version: 1, client: 'Romashka & Co' },
        logoOrigins: ['https://qr.nspk.ru'],
      });
      const second = loadConfig({
        ...widget('https://widget.cbrpay.ru/v2', 'abcdef012345'),
        SBP_BANKS_LOGO_ORIGINS: 'https://logos.example',
      }).bankList;
      assert.deepEqual(second, {
        ...{ kind: 'widget', url: 'https://widget.cbrpay.ru/v2', version: 2, client: 'abcdef012345' },
        logoOrigins: ['https://qr.nspk.ru', 'https://logos.example'],
      });
    });

    for (const [what, env] of [
      ['v1 without a client', widget('https://widget.cbrpay.ru/v1')],
      ['v1 with one letter', widget('https://widget.cbrpay.ru/v1', 'R')],
      ['v1 with too many', widget('https://widget.cbrpay.ru/v1', 'R'.repeat(65))],
      ['v1 with letters that a header does not take', widget('https://widget.cbrpay.ru/v1', 'Ромашка')],
      ['v1 with a line break', widget('https://widget.cbrpay.ru/v1', 'Roma\nshka')],
      ['v2 without a client', widget('https://widget.cbrpay.ru/v2')],
      ['v2 with a name', widget('https://widget.cbrpay.ru/v2', 'Romashka')],
      ['v2 with a space', widget('https://widget.cbrpay.ru/v2', 'abcdef 12345')],
      ['a client for a list of schemes', widget('https://a.example/list.json', 'abcdef012345')],
      ['a client for nothing', { ...SECRETS, SBP_BANKS_CLIENT: 'abcdef012345' }],
    ] as const) {
      it(`refuses ${what}`, () => assert.match(mistakes(env), /SBP_BANKS_CLIENT/));
    }

    it('refuses logo origins that are none, and plain http outside development', () => {
      assert.match(
        mistakes({ ...SECRETS, SBP_BANKS_LOGO_ORIGINS: 'https://a.example/x' }),
        /SBP_BANKS_LOGO_ORIGINS/,
      );
      assert.match(mistakes(widget('http://widget.cbrpay.ru/v2', 'abcdef012345')), /SBP_BANKS_URL/);
    });
  });

  describe('for an upstream SBP API', () => {
    const UPSTREAM = {
      ...SECRETS,
      SBP_METHODS: 'sbp=sbp-api',
      SBP_PUBLIC_URL: 'https://pay.example.ru',
      SBP_SBP_API_URL: 'https://upstream.example',
      SBP_SBP_API_TOKEN: 'upstream-token',
      SBP_SBP_API_WEBHOOK_SECRET: 'u'.repeat(32),
    };

    it('takes its address with or without the path, and several secrets', () => {
      for (const address of [
        'https://upstream.example',
        'https://upstream.example/',
        'https://upstream.example/api/sbp/v1',
        'https://upstream.example/api/sbp/v1/',
      ]) {
        const { sbpApi } = loadConfig({ ...UPSTREAM, SBP_SBP_API_URL: address });
        assert.equal(sbpApi?.baseUrl, 'https://upstream.example/api/sbp/v1');
      }
      const two = { SBP_SBP_API_WEBHOOK_SECRET: `${'u'.repeat(32)}, ${'v'.repeat(32)}` };
      assert.equal(loadConfig({ ...UPSTREAM, ...two }).sbpApi?.webhookSecrets.length, 2);
      assert.equal(loadConfig(SANDBOX).sbpApi, null, 'nothing is asked for what no method uses');
    });

    it('names every mistake', () => {
      const none = mistakes({ ...SECRETS, SBP_METHODS: 'sbp=sbp-api' });
      for (const name of [
        'SBP_SBP_API_URL is required',
        'SBP_SBP_API_TOKEN is required',
        'SBP_SBP_API_WEBHOOK_SECRET is required',
        'SBP_PUBLIC_URL must be an https address',
      ]) {
        assert.ok(none.includes(name), `${name} is not named in:\n${none}`);
      }
      assert.match(
        mistakes({ ...UPSTREAM, SBP_SBP_API_WEBHOOK_SECRET: ' , ' }),
        /^SBP_SBP_API_WEBHOOK_SECRET is required: .*\(or SBP_SBP_API_WEBHOOK_SECRET_FILE\)$/,
        'a list of nothing counts as unset',
      );
      for (const [name, value] of [
        ['SBP_SBP_API_URL', 'http://upstream.example'],
        ['SBP_SBP_API_URL', 'https://169.254.169.254'],
        ['SBP_SBP_API_URL', 'https://upstream.example?x=1'],
        ['SBP_SBP_API_TOKEN', 'two words'],
        ['SBP_SBP_API_WEBHOOK_SECRET', 'short'],
        ['SBP_PUBLIC_URL', 'https://localhost'],
      ] as const) {
        assert.match(mistakes({ ...UPSTREAM, [name]: value }), new RegExp(`^${name} `), `${name}=${value}`);
      }
      assert.equal(
        mistakes({ ...UPSTREAM, SBP_SBP_API_WEBHOOK_SECRET: 'hunter2' }).includes('hunter2'),
        false,
      );
    });

    it('reads the secrets from files, and allows this machine in development', () => {
      const file = join(mkdtempSync(join(tmpdir(), 'sbp-config-')), 'secret');
      writeFileSync(file, 'from-a-file-0123456789\n');
      const env: Record<string, string> = { ...UPSTREAM, NODE_ENV: 'development' };
      env['SBP_SBP_API_URL'] = 'http://127.0.0.1:8788';
      for (const name of ['SBP_SBP_API_TOKEN', 'SBP_SBP_API_WEBHOOK_SECRET']) {
        Reflect.deleteProperty(env, name);
        env[`${name}_FILE`] = file;
      }
      assert.deepEqual(loadConfig(env).sbpApi, {
        baseUrl: 'http://127.0.0.1:8788/api/sbp/v1',
        token: 'from-a-file-0123456789',
        webhookSecrets: ['from-a-file-0123456789'],
        test: false,
      });
    });
  });

  it('takes a method alone, and origins without a path', () => {
    const config = loadConfig({
      ...SANDBOX,
      SBP_ALLOWED_ORIGINS: 'https://a.example, https://b.example/',
    });
    assert.deepEqual(config.methods, { sbp: 'sandbox' });
    assert.deepEqual(config.allowedOrigins, ['https://a.example', 'https://b.example']);
  });
});
