import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../src/companion/config.ts';

const SECRETS = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
  SBP_PUBLIC_URL: 'https://pay.example.ru',
};
const FREEPAYMENT = {
  SBP_FREEPAYMENT_URL: 'https://api.acquirer.example',
  SBP_FREEPAYMENT_SHOP_ID: '361',
  SBP_FREEPAYMENT_SECRET_KEY: 'k-0123456789',
};
const UPSTREAM = {
  SBP_SBP_API_URL: 'https://upstream.example',
  SBP_SBP_API_TOKEN: 'upstream-token',
  SBP_SBP_API_WEBHOOK_SECRET: 'u'.repeat(32),
};

function mistakes(env: Record<string, string>): string {
  try {
    loadConfig({ ...SECRETS, ...env }, '/srv');
    return '';
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.mistakes.join('\n');
  }
}

const load = (env: Record<string, string>) => loadConfig({ ...SECRETS, ...env }, '/srv');

for (const environment of [
  {},
  { NODE_ENV: 'production' },
  { NODE_ENV: 'Development' },
  { NODE_ENV: 'dev' },
]) {
  describe(`outside development, with ${JSON.stringify(environment)}`, () => {
    it('no setting left out or misspelt opens the sandbox', () => {
      for (const env of [
        {},
        { SBP_METHODS: '' },
        { SBP_METHOD: 'sbp=freepayment' },
        { SBP_METHODS: 'sbp' },
        { SBP_METHODS: 'sbp=' },
        { SBP_METHODS: 'sbp,sberpay,buyer_qr' },
        { SBP_METHODS: 'sbp=sandbox' },
        { SBP_METHODS: 'sbp=sandbox', SBP_SANDBOX: 'yes' },
        { SBP_METHODS: 'sbp=sandbox', SBP_SANDBOX: 'Allow' },
        { SBP_METHODS: 'sbp=sbp-api,sberpay', ...UPSTREAM },
        { SBP_SANDBOX: 'allow' },
        { SBP_SANDBOX: 'allow', SBP_METHODS: 'sbp' },
      ]) {
        assert.match(mistakes({ ...environment, ...env }), /SBP_METHODS|SBP_SANDBOX/, JSON.stringify(env));
      }
      assert.match(
        mistakes({ ...environment, SBP_METHODS: 'sbp=sbp-api,sbp=freepayment' }),
        /"sbp" is named twice/,
      );
    });

    it('a test needs SBP_SANDBOX=allow, and is warned of', () => {
      for (const test of [
        { SBP_METHODS: 'sbp=sandbox,sberpay=sandbox' },
        { SBP_METHODS: 'sbp=freepayment', ...FREEPAYMENT, SBP_FREEPAYMENT_TEST: 'true' },
        { SBP_METHODS: 'sbp=sbp-api', ...UPSTREAM, SBP_SBP_API_TEST: '1' },
      ]) {
        const env = { ...environment, ...test };
        assert.match(mistakes(env), /takes no real money.*SBP_SANDBOX=allow/);
        const config = load({ ...env, SBP_SANDBOX: 'allow' });
        assert.equal(config.test, true);
        assert.match(config.warnings.join(), /TEST MODE/);
      }
    });

    it('and real money is none of it', () => {
      const config = load({ ...environment, SBP_METHODS: 'sbp=freepayment', ...FREEPAYMENT });
      assert.deepEqual([config.test, config.warnings], [false, []]);
      const allowed = load({
        ...environment,
        SBP_METHODS: 'sbp=freepayment',
        ...FREEPAYMENT,
        SBP_SANDBOX: 'allow',
      });
      assert.match(allowed.warnings.join(), /SBP_SANDBOX=allow is set, but no method is a test/);
    });
  });
}

describe('test and real money', () => {
  it('are never mixed, in development either', () => {
    for (const environment of [{ SBP_SANDBOX: 'allow' }, { NODE_ENV: 'development' }]) {
      for (const mixed of [
        { SBP_METHODS: 'sbp=freepayment,sberpay=sandbox', ...FREEPAYMENT },
        { SBP_METHODS: 'sbp=freepayment,sberpay=sandbox', ...FREEPAYMENT, NODE_ENV: 'production' },
      ]) {
        assert.match(mistakes({ ...mixed, ...environment }), /mixes test and real money/);
      }
      const allTest = {
        SBP_METHODS: 'sbp=freepayment,sberpay=sandbox',
        ...FREEPAYMENT,
        SBP_FREEPAYMENT_TEST: 'true',
      };
      assert.equal(mistakes({ ...allTest, ...environment }), '');
    }
  });

  it('are told apart by a provider’s own setting', () => {
    for (const value of ['yes', 'TRUE', 'on', 'test']) {
      const env = { SBP_METHODS: 'sbp=freepayment', ...FREEPAYMENT, SBP_FREEPAYMENT_TEST: value };
      assert.match(mistakes(env), /SBP_FREEPAYMENT_TEST must be one of/, value);
    }
  });
});

describe('in development', () => {
  it('everything is the sandbox’s until told otherwise, without a warning', () => {
    const config = load({ NODE_ENV: 'development' });
    assert.deepEqual(config.methods, { sbp: 'sandbox', sberpay: 'sandbox', buyer_qr: 'sandbox' });
    assert.deepEqual([config.test, config.warnings], [true, []]);
    assert.deepEqual(load({ NODE_ENV: 'development', SBP_METHODS: 'sbp' }).methods, { sbp: 'sandbox' });
  });
});
